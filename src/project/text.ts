/** Limits and cleaning of text that comes from people and models. */
import { withoutHidden } from '../characters.ts';

/** Longest texts we take, in characters (the plan: in bytes of UTF-8). Larger ones are refused, never cut in silence. */
export const LIMITS = {
  planBytes: 1_000_000,
  frontMatter: 64_000,
  title: 200,
  message: 20_000,
  reason: 20_000,
  summary: 50_000,
  caveats: 20_000,
  file: 1_000,
  files: 1_000,
  requestId: 200,
} as const;

/** Control characters other than tab, line feed and carriage return. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** Where the first control character of `text` is, or undefined when there is none. */
export function findControlCharacter(text: string): { line: number; name: string } | undefined {
  const at = text.search(CONTROL);
  if (at < 0) return undefined;
  const code = text.charCodeAt(at);
  const name =
    code === 0 ? 'NUL' : code === 0x1b ? 'ESC' : `U+${code.toString(16).padStart(4, '0').toUpperCase()}`;
  return { line: text.slice(0, at).split('\n').length, name };
}

/**
 * The text without terminal escape sequences, control characters and what hides in a line or reorders it, so that it
 * cannot move a cursor, fake a line, end a string early or show another name than it has. Lines end in a line feed
 * alone. Everything a person would read stays.
 */
export function cleanText(text: string): string {
  return withoutHidden(text).trim();
}

/** The same, on one line. */
export function cleanLine(text: string): string {
  return cleanText(text).replaceAll(/\s+/g, ' ');
}

/** "1 update", "3 updates"; `nouns` where the plural is another. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}
