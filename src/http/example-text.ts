/** The example of a route as docs/http.md shows it. */
import type { Route } from './define-route.ts';
import { type Example, LEFT_OUT } from './example.ts';

const ADDRESS = 'http://127.0.0.1:7823';
const MAX_COLUMNS = 100;

/** The call as a person pastes it into a shell of POSIX. */
export function commandOf({ method, path, access, example }: Route): string {
  const { headers = {}, send, byBrowser = false, goesOn = false } = example;
  const who = byBrowser
    ? { Cookie: 'bridge_7823=$COOKIE', 'Bridge-Key': '$KEY' }
    : access !== 'open' && { Authorization: 'Bearer $TOKEN' };
  const all = { ...who, ...headers, ...(send && { 'Content-Type': 'application/json' }) };
  return wrapped([
    'curl',
    ...(goesOn ? ['-N'] : []),
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    ...Object.entries(all).map(([name, value]) => `-H "${name}: ${value}"`),
    ...(send ? [`-d ${quoted(JSON.stringify(send))}`] : []),
    address(example.path ?? path),
  ]);
}

/** The answer as docs/http.md shows it: a text as it comes, JSON laid out. */
export function shownAnswer({ answer }: Example): string {
  return typeof answer === 'string' ? answer.trimEnd() : laidOut(answer, '');
}

/** A text in which names are looked up is quoted so that the shell does. */
function quoted(text: string): string {
  return /\$[A-Z]/.test(text)
    ? `"${text.replaceAll(/["\\`]/g, String.raw`\$&`)}"`
    : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function address(path: string): string {
  return /[?&]/.test(path) ? `"${ADDRESS}${path}"` : `${ADDRESS}${path}`;
}

function wrapped(words: readonly string[]): string {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length < MAX_COLUMNS)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(line === undefined ? word : `  ${word}`);
  }
  return lines.join(' \\\n');
}

/** On one line where it fits. */
function laidOut(value: unknown, indent: string): string {
  if (value === LEFT_OUT) return LEFT_OUT;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const [begin, end] = Array.isArray(value) ? '[]' : '{}';
  const members = (inner: string) =>
    Object.entries(value).map(([key, member]) => {
      const shown = laidOut(member, inner);
      return Array.isArray(value) || key === LEFT_OUT ? shown : `${JSON.stringify(key)}: ${shown}`;
    });
  const short = `${begin}${members('').join(', ')}${end}`;
  if (indent.length + short.length < MAX_COLUMNS && !short.includes('\n')) return short;
  const inner = `${indent}  `;
  return `${begin}\n${members(inner)
    .map((member) => inner + member)
    .join(',\n')}\n${indent}${end}`;
}
