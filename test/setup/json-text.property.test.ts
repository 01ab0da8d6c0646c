/** A change of somebody else's JSON touches nothing but what is to change, to the byte. */
import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import { expect, test } from 'vitest';
import { jsonProblem } from '../../src/setup/json-problem.ts';
import { removeValue, setValue, valueAt } from '../../src/setup/json-text.ts';
import { fc } from '../property.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * Few, so that what is set is often there already. Not a backslash alone: after such a key `JSON.parse` of Node 24.21
 * takes a key that is a quotation mark for one too.
 */
const keys = fc.constantFrom('a', 'b', 'mcpServers', 'x y', '"', 'C:\\x', '', '__proto__', 'é', '0');
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Json>(null, true, 1.5, -0, '', 'two\nlines', '{"', ', ', '\u2028', '😀'),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(keys, tie('json'), { maxKeys: 3 }),
  ),
}));
const objects = fc.dictionary(keys, json, { maxKeys: 4 });
const paths = fc.array(keys, { minLength: 1, maxLength: 3 });

/** The same value as somebody's editor may have written it. */
const texts = fc
  .tuple(
    objects,
    fc.array(fc.constantFrom('', '', ' ', '  ', '\n', '\n  ', '\r\n\t', '\t'), {
      minLength: 1,
      maxLength: 30,
    }),
    fc.constantFrom<number | string | null>(null, 0, 2, 4, '\t'),
    fc.constantFrom('\n', '\r\n'),
  )
  .map(([value, spaces, indent, eol]) => {
    if (indent !== null) return JSON.stringify(value, null, indent).replaceAll('\n', eol) + eol;
    let turn = 0;
    return printed(value, () => spaces[turn++ % spaces.length] ?? '');
  });

function printed(value: Json, space: () => string): string {
  const spaced = (text: string) => space() + text + space();
  if (Array.isArray(value))
    return spaced(`[${value.map((one) => printed(one, space)).join(',') || space()}]`);
  if (typeof value !== 'object' || value === null) return spaced(JSON.stringify(value));
  const members = Object.entries(value).map(
    ([key, one]) => `${spaced(JSON.stringify(key))}:${printed(one, space)}`,
  );
  return spaced(`{${members.join(',') || space()}}`);
}

/** As `setup` asks before each change. */
const changeable = (text: string, path: readonly string[]) => jsonProblem(text, [path]) === null;

test('a value that is set is the only one that changes', () => {
  fc.assert(
    fc.property(texts, paths, json, (text, path, value) => {
      fc.pre(changeable(text, path));
      const changed = setValue(text, path, value);
      const expected: Json = JSON.parse(text);
      put(expected, path, value);
      expect(entriesOf(JSON.parse(changed))).toEqual(entriesOf(JSON.parse(JSON.stringify(expected))));
      expect(entriesOf(valueAt(changed, path))).toEqual(entriesOf(JSON.parse(JSON.stringify(value))));
    }),
  );
});

test('outside the place of the change every byte stays', () => {
  fc.assert(
    fc.property(texts, paths, json, (text, path, value) => {
      fc.pre(changeable(text, path));
      const changed = setValue(text, path, value);
      const touched = text.length - sharedStart(text, changed) - sharedEnd(text, changed);
      expect(touched).toBeLessThanOrEqual(mayTouch(text, path));
    }),
  );
});

test('what was added to an object that had something else is taken out again to the byte', () => {
  fc.assert(
    fc.property(texts, paths, json, (text, path, value) => {
      fc.pre(changeable(text, path) && valueAt(text, path) === undefined);
      const parent = valueAt(text, path.slice(0, -1));
      fc.pre(typeof parent === 'object' && parent !== null && Object.keys(parent).length > 0);
      expect(removeValue(setValue(text, path, value), path)).toBe(text);
    }),
  );
});

test('a value that is taken out is the only one that goes', () => {
  fc.assert(
    fc.property(texts, paths, (text, path) => {
      fc.pre(changeable(text, path));
      const expected: Json = JSON.parse(text);
      drop(expected, path);
      expect(entriesOf(JSON.parse(removeValue(text, path)))).toEqual(entriesOf(expected));
    }),
  );
});

function sharedStart(one: string, other: string): number {
  let length = 0;
  while (length < Math.min(one.length, other.length) && one[length] === other[length]) length++;
  return length;
}

/** Counted behind what they share at the start. */
function sharedEnd(one: string, other: string): number {
  const most = Math.min(one.length, other.length) - sharedStart(one, other);
  let length = 0;
  while (length < most && one.at(-1 - length) === other.at(-1 - length)) length++;
  return length;
}

/** How many characters may go: those of the old value, or of an object that is empty; otherwise none. */
function mayTouch(text: string, path: readonly string[]): number {
  const root = parseTree(text);
  for (let depth = path.length; root && depth >= 0; depth--) {
    const node = findNodeAtLocation(root, path.slice(0, depth));
    if (node) return depth === path.length || node.children?.length === 0 ? node.length : 0;
  }
  return 0;
}

/** With keys of any name, which `__proto__` as a property would not be. */
function put(object: Json, [key = '', ...rest]: readonly string[], value: Json): void {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) throw new Error('no object');
  const inner = Object.hasOwn(object, key)
    ? (Object.getOwnPropertyDescriptor(object, key)?.value as Json)
    : {};
  if (rest.length > 0) put(inner, rest, value);
  const held = {
    value: rest.length > 0 ? inner : value,
    enumerable: true,
    configurable: true,
    writable: true,
  };
  Object.defineProperty(object, key, held);
}

function drop(object: Json, [key = '', ...rest]: readonly string[]): void {
  if (typeof object !== 'object' || object === null || Array.isArray(object) || !Object.hasOwn(object, key))
    return;
  if (rest.length === 0) delete object[key];
  else drop(Object.getOwnPropertyDescriptor(object, key)?.value as Json, rest);
}

/** Objects as their entries by name, so that no key is overlooked. */
function entriesOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(entriesOf);
  if (typeof value !== 'object' || value === null) return value;
  const byName = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return { entries: byName.map(([key, one]) => [key, entriesOf(one)]) };
}
