/**
 * The characters that are removed from text of people, models and programs before it is stored or shown: those that
 * steer a terminal, reorder a line, hide in it, or break it. This is the only list of them.
 */
import { stripVTControlCharacters } from 'node:util';

/** C0 and C1 control characters, without tab and line ends. */
const CONTROLS = '\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u0084\\u0086-\\u009f';

/**
 * Marks that reorder text, invisible fillers, and other characters that no font shows (`Default_Ignorable_Code_Point` of
 * https://www.unicode.org/reports/tr44/): tags and selectors can carry a whole text that only a model reads. Not included:
 * U+FE0E and U+FE0F, which choose between sign and emoji, the selectors of Mongolian letters, and joiners.
 */
const HIDDEN =
  '(?![\\u180b-\\u180d\\u180f\\u200c\\u200d\\ufe0e\\ufe0f])\\p{Default_Ignorable_Code_Point}|[\\ufff9-\\ufffb]';

/** Scripts in which a joiner shapes the letter before it (RFC 5892, appendices A.1 and A.2). */
const SHAPED = [
  ...[
    'Arabic',
    'Syriac',
    'Mongolian',
    'Nko',
    'Devanagari',
    'Bengali',
    'Gurmukhi',
    'Gujarati',
    'Oriya',
    'Tamil',
  ],
  ...['Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Khmer', 'Myanmar', 'Tibetan'],
]
  .map((script) => `\\p{Script=${script}}`)
  .join('');

/** U+200C and U+200D, except where one shapes a letter or joins two emoji: there a reader sees it. */
const JOINER = `(?!(?<=[${SHAPED}])[\\u200c\\u200d](?![\\u200c\\u200d])|(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic}))[\\u200c\\u200d]`;

/** What a viewer may show as the end of a line (https://www.unicode.org/reports/tr14/#BK). */
const LINE_END = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;

const UNWANTED = new RegExp(`[${CONTROLS}]|${HIDDEN}|${JOINER}`, 'gu');
const LEFT_BY_JSON = new RegExp(`[${CONTROLS}\\u0085\\u2028\\u2029]|${HIDDEN}|${JOINER}`, 'gu');

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
  return json.replaceAll(LEFT_BY_JSON, (character) =>
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
