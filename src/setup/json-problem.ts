/** Why a JSON text cannot be changed safely, with line and column. */

import { type Node, type ParseError, parse, parseTree, printParseErrorCode } from 'jsonc-parser';
import { isDeeperThan } from '../json-depth.ts';
import type { JsonPath } from './json-text.ts';

/**
 * The first problem of a text that must be a JSON object; null for none. An empty text stands for an empty object.
 *
 * @param paths What will be changed: each key of a path may appear once, and all but the last must hold an object.
 */
export function jsonProblem(text: string, paths: readonly JsonPath[]): string | null {
  if (text.trim() === '') return null;
  try {
    if (isDeeperThan(JSON.parse(text), MAX_LEVELS)) return TOO_DEEP;
  } catch (error) {
    if (error instanceof RangeError) return TOO_DEEP;
    return `it is not valid JSON: ${placeOfError(text) ?? (error as Error).message}`;
  }
  const root = parseTree(text);
  if (!root) return 'it is not valid JSON';
  for (const path of [[], ...paths]) {
    const problem = problemAlong(text, root, path);
    if (problem) return problem;
  }
  return null;
}

const MAX_LEVELS = 500;
const TOO_DEEP = `it is nested deeper than ${MAX_LEVELS} levels`;

/** Every value along the path must be an object, and every key must be unique. */
function problemAlong(text: string, node: Node, path: JsonPath, name = 'it'): string | null {
  if (node.type !== 'object')
    return `${name} must be an object ({ … }), but is ${KINDS[node.type] ?? node.type}`;
  const [key, ...rest] = path;
  if (key === undefined) return null;
  const found = (node.children ?? []).filter((property) => property.children?.[0]?.value === key);
  const [only, second] = found;
  if (second) return `"${key}" appears twice, again at ${place(text, second.offset)}`;
  const value = only?.children?.[1];
  return value && rest.length > 0 ? problemAlong(text, value, rest, `"${key}"`) : null;
}

const KINDS: Partial<Record<Node['type'], string>> = {
  array: 'a list ([ … ])',
  string: 'a string',
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
  if (closes && before.endsWith(',')) return `trailing comma at ${place(text, before.length - 1)}`;
  const what = DESCRIPTIONS[printParseErrorCode(first.error)] ?? 'unexpected text';
  return `${what} at ${place(text, first.offset)}`;
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  InvalidCommentToken: 'comment',
  ColonExpected: 'missing colon',
  CommaExpected: 'missing comma',
  CloseBraceExpected: 'missing }',
  CloseBracketExpected: 'missing ]',
  EndOfFileExpected: 'text after the end',
  UnexpectedEndOfString: 'unterminated string',
  UnexpectedEndOfComment: 'comment',
  InvalidCharacter: 'character that must be escaped',
  InvalidEscapeCharacter: 'unknown escape sequence',
};

function place(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
