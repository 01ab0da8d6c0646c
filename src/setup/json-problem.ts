/** Why a JSON text cannot be changed safely, in words and with its place. */
import { type Node, type ParseError, parse, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { JsonPath } from './json-text.ts';

/**
 * What is wrong with a text that must be JSON with an object at the top; null when nothing is. An empty text is right:
 * it stands for an empty object.
 *
 * @param paths What is to be changed: each key on the way may be there once, and all but the last must hold an object.
 */
export function jsonProblem(text: string, paths: readonly JsonPath[]): string | null {
  if (text.trim() === '') return null;
  try {
    if (isDeep(JSON.parse(text))) return TOO_DEEP;
  } catch (error) {
    if (error instanceof RangeError) return TOO_DEEP;
    return `it is not valid JSON: ${placeOfError(text) ?? (error as Error).message}`;
  }
  const root = parseTree(text);
  if (!root) return 'it is not valid JSON';
  for (const path of [[], ...paths]) {
    const problem = problemOnTheWay(text, root, path);
    if (problem) return problem;
  }
  return null;
}

const MOST_LEVELS = 500;
const TOO_DEEP = `it is nested deeper than ${MOST_LEVELS} levels, which no such file should be`;

/** Whoever goes into it by a call for each level would not come back. */
function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth <= MOST_LEVELS; depth++) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    if (level.length === 0) return false;
  }
  return true;
}

/** Every value on the way to the end of the path must be an object, and every key on it unmistakable. */
function problemOnTheWay(text: string, node: Node, path: JsonPath, name = 'it'): string | null {
  if (node.type !== 'object')
    return `${name} must hold an object ({ … }), and holds ${KINDS[node.type] ?? node.type}`;
  const [key, ...rest] = path;
  if (key === undefined) return null;
  const found = (node.children ?? []).filter((property) => property.children?.[0]?.value === key);
  const [only, second] = found;
  if (second) return `"${key}" is there twice, again at ${place(text, second.offset)}`;
  const value = only?.children?.[1];
  return value && rest.length > 0 ? problemOnTheWay(text, value, rest, `"${key}"`) : null;
}

const KINDS: Partial<Record<Node['type'], string>> = {
  array: 'a list ([ … ])',
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};

function placeOfError(text: string): string | null {
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  if (!first) return null;
  const before = text.slice(0, first.offset).trimEnd();
  const closes = /^[}\]]/.test(text.slice(first.offset).trimStart());
  if (closes && before.endsWith(','))
    return `a comma with nothing after it at ${place(text, before.length - 1)}`;
  const what = WORDS[printParseErrorCode(first.error)] ?? 'something else than expected';
  return `${what} at ${place(text, first.offset)}`;
}

const WORDS: Readonly<Record<string, string>> = {
  InvalidCommentToken: 'a comment',
  ColonExpected: 'no colon where one is expected',
  CommaExpected: 'no comma where one is expected',
  CloseBraceExpected: 'no } where one is expected',
  CloseBracketExpected: 'no ] where one is expected',
  EndOfFileExpected: 'more text after the end',
  UnexpectedEndOfString: 'a text without its closing quote',
  UnexpectedEndOfComment: 'a comment',
  InvalidCharacter: 'a character that must be escaped',
  InvalidEscapeCharacter: 'an unknown escape sequence',
};

function place(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
