/** Where a list stands in its window. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  held,
  type Item,
  lineCount,
  type Position,
  scroll,
  settle,
  step,
  toEdge,
  toFile,
  visibleLines,
} from '../../src/cli/tui/lines/scroll.ts';

function item(key: string, lines: number, options: Partial<Item> = {}): Item {
  return { key, lines: Array.from({ length: lines }, (_, at) => [{ text: `${key}${at}` }]), ...options };
}

const keys = { enter: () => undefined };

const anyItems = fc.array(
  fc.record({ lines: fc.integer({ min: 0, max: 12 }), isChoice: fc.boolean(), isFile: fc.boolean() }),
  { maxLength: 8 },
);

test('whatever is pressed, the window stays in the list, and what is chosen is one of it', () => {
  const moves = fc.array(fc.constantFrom('j', 'k', 'page', 'back', 'n', 'N', 'end', 'home'), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(anyItems, moves, fc.integer({ min: 1, max: 10 }), (shapes, pressed, height) => {
      const items = shapes.map(({ lines, isChoice, isFile }, at) =>
        item(`i${at}`, lines, { isFile, ...(isChoice && { keys }) }),
      );
      const window = { items, height };
      let position: Position = settle({ top: 0, chosen: undefined }, window);
      for (const key of pressed) {
        if (key === 'j' || key === 'k') position = step(position, key === 'j' ? 1 : -1, window);
        else if (key === 'page' || key === 'back')
          position = scroll(position, key === 'page' ? height : -height, window);
        else if (key === 'n' || key === 'N') position = toFile(position, key === 'n' ? 1 : -1, window);
        else position = toEdge(key === 'end' ? 'end' : 'start', window);
        position = settle(position, window);
        expect(position.top).toBeGreaterThanOrEqual(0);
        expect(position.top).toBeLessThanOrEqual(Math.max(0, lineCount(items) - height));
        expect(visibleLines(position, window).length).toBe(Math.min(height, lineCount(items)));
        const choices = shapes.flatMap(({ isChoice }, at) => (isChoice ? [`i${at}`] : []));
        if (choices.length > 0) expect(choices).toContain(position.chosen);
      }
    }),
  );
});

test('every line of a list is reached by j alone, and the first again by k', () => {
  fc.assert(
    fc.property(anyItems, fc.integer({ min: 1, max: 6 }), (shapes, height) => {
      const items = shapes.map(({ lines, isChoice }, at) => item(`i${at}`, lines, isChoice ? { keys } : {}));
      const window = { items, height };
      const seen = new Set<string>();
      let position = settle({ top: 0, chosen: undefined }, window);
      for (let press = 0; press < 200; press += 1) {
        for (const { line } of visibleLines(position, window)) seen.add(line[0]?.text ?? '');
        position = step(position, 1, window);
      }
      expect(seen.size).toBe(lineCount(items));
      for (let press = 0; press < 200; press += 1) position = step(position, -1, window);
      expect(position.top).toBe(0);
    }),
  );
});

test('what was chosen stays chosen when something comes before it', () => {
  const before = { items: [item('a', 1, { keys }), item('b', 1, { keys })], height: 5 };
  const after = { items: [item('new', 2, { keys }), ...before.items], height: 5 };
  expect(settle({ top: 0, chosen: 'b' }, after).chosen).toBe('b');
  expect(settle({ top: 0, chosen: 'gone' }, after).chosen).toBe('new');
});

test('what was read stays in its place when something before it comes or goes', () => {
  const items = ['a', 'b', 'c', 'd'].map((key) => item(key, 3));
  const window = { items, height: 4 };
  const read = held(scroll({ top: 0, chosen: undefined }, 4, window), window);
  const texts = (within: typeof window) =>
    visibleLines(settle(read, within), within).map(({ line }) => line[0]?.text);
  expect(texts(window)).toEqual(['b1', 'b2', 'c0', 'c1']);
  expect(texts({ ...window, items: items.slice(1) })).toEqual(['b1', 'b2', 'c0', 'c1']);
  expect(texts({ ...window, items: [item('new', 5), ...items] })).toEqual(['b1', 'b2', 'c0', 'c1']);
  const start = held({ top: 0, chosen: undefined }, window);
  expect(settle(start, { ...window, items: [item('new', 5), ...items] }).top).toBe(0);
});

test('a long list lays out only what is in its window', () => {
  const made: number[] = [];
  const items = Array.from({ length: 10_000 }, (_, at) => ({
    key: `i${at}`,
    height: 1,
    get lines() {
      made.push(at);
      return [[{ text: `line ${at}` }]];
    },
  }));
  const window = { items, height: 3 };
  const position = settle(toEdge('end', window), window);
  expect(visibleLines(position, window).map(({ line }) => line[0]?.text)).toEqual([
    'line 9997',
    'line 9998',
    'line 9999',
  ]);
  expect(new Set(made)).toEqual(new Set([9_997, 9_998, 9_999]));
});

test('the sign of what is chosen stands at its words, not at the distance before them', () => {
  const spaced: Item = { key: 'a', lines: [[], [{ text: 'a' }]], keys };
  const window = { items: [spaced], height: 5 };
  expect(visibleLines({ top: 0, chosen: 'a' }, window).map(({ isChosen }) => isChosen)).toEqual([
    false,
    true,
  ]);
});
