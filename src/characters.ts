/** Text of people, models and programs, without the characters of `hidden-characters.ts` before it is stored or shown. */
import { stripVTControlCharacters } from 'node:util';
import { LINE_END, UNWANTED, UNWANTED_OR_LINE_END } from './hidden-characters.ts';

/** The text without terminal sequences and unwanted characters, with line feeds as its only line ends. */
export function withoutHidden(text: string): string {
  return withoutSequences(text).replaceAll(LINE_END, '\n').replaceAll(UNWANTED, '').toWellFormed();
}

/**
 * Removes terminal sequences. For each string sequence, Node searches the whole rest of the text for its end, even when
 * there is none, which takes minutes for a hostile megabyte (seen in 24.21). So the text after the last such end is
 * searched in pieces in which no string sequence begins.
 */
function withoutSequences(text: string): string {
  const end = Math.max(0, ...STRING_ENDS.map((mark) => endOfLast(text, mark)));
  const pieces = text.slice(end).split(']').map(stripVTControlCharacters);
  return stripVTControlCharacters(text.slice(0, end)) + pieces.join(']');
}

function endOfLast(text: string, mark: string): number {
  const at = text.lastIndexOf(mark);
  return at < 0 ? 0 : at + mark.length;
}

/** BEL and the two forms of ST. */
const STRING_ENDS = ['\u0007', '\u001b\\', '\u009c'];

/** The lines of a text, split wherever a viewer may show a line end. */
export function linesOf(text: string): string[] {
  return text.split(LINE_END);
}

/** The same JSON, with the unwanted characters that JSON permits written as `\uXXXX`. */
export function escapeHidden(json: string): string {
  return json.replaceAll(UNWANTED_OR_LINE_END, (character) =>
    character.replaceAll(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

/** A surrogate pair. */
const PAIR = /^[\ud800-\udbff][\udc00-\udfff]$/;

/** At most `length` UTF-16 units, without splitting a surrogate pair. */
export function cut(text: string, length: number): string {
  const isInsideCharacter = PAIR.test(text.slice(Math.max(0, length - 1), length + 1));
  return text.slice(0, isInsideCharacter ? length - 1 : length);
}

/** With an upper-case first letter, as a sentence begins. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A word of a command that a person can paste, in quotes where it needs some. */
export function shellWord(word: string): string {
  if (/^[\w./:=@%+,-]+$/.test(word)) return word;
  // On Windows a backslash is part of most paths, and both its shells know these quotes.
  return word.includes("'") || word.includes('\\') ? `"${word}"` : `'${word}'`;
}
