/**
 * Which characters text from people, models and programs must not bring along where it is stored or shown: those that
 * steer a terminal, reorder a line, hide in it, or end it where no line ends. This is the only list of them.
 */
import { stripVTControlCharacters } from 'node:util';

/** C0 and C1 control characters other than tab and those that end a line. */
const CONTROLS = '\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u0084\\u0086-\\u009f';

/**
 * Marks that reorder text, fillers that look like nothing, and what else no font shows (`Default_Ignorable_Code_Point` of
 * https://www.unicode.org/reports/tr44/): tags and selectors can carry a whole text that only a model reads. Not among
 * them: U+FE0E and U+FE0F, which make a character a sign or an emoji, the selectors of Mongolian letters, and joiners.
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

/** U+200C and U+200D, but for one that shapes a letter or makes one emoji of two: there a reader sees it. */
const JOINER = `(?!(?<=[${SHAPED}])[\\u200c\\u200d](?![\\u200c\\u200d])|(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic}))[\\u200c\\u200d]`;

/** What a viewer may take for the end of a line (https://www.unicode.org/reports/tr14/#BK). */
const LINE_END = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;

const UNWANTED = new RegExp(`[${CONTROLS}]|${HIDDEN}|${JOINER}`, 'gu');
const LEFT_BY_JSON = new RegExp(`[${CONTROLS}\\u0085\\u2028\\u2029]|${HIDDEN}|${JOINER}`, 'gu');

/** The text with every end of a line as a line feed, and without terminal sequences and unwanted characters. */
export function withoutHidden(text: string): string {
  return withoutSequences(text).replaceAll(LINE_END, '\n').replaceAll(UNWANTED, '').toWellFormed();
}

/**
 * Without terminal sequences. Node looks for the end of each string that a terminal is sent, through all the rest of the
 * text, also where there is none: that would take minutes for a hostile megabyte (seen in 24.21). So what follows the
 * last such end is searched apart, in pieces in which no such string begins.
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

/** The lines of a text, wherever a viewer may see one end. */
export function linesOf(text: string): string[] {
  return text.split(LINE_END);
}

/** JSON with what it lets through and a viewer should not meet as `\uXXXX`: it means the same. */
export function escapeHidden(json: string): string {
  return json.replaceAll(LEFT_BY_JSON, (character) =>
    character.replaceAll(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

/** The two halves of a character. */
const PAIR = /^[\ud800-\udbff][\udc00-\udfff]$/;

/** At most `length` characters, never half of a character that takes two. */
export function cut(text: string, length: number): string {
  const isInsideCharacter = PAIR.test(text.slice(Math.max(0, length - 1), length + 1));
  return text.slice(0, isInsideCharacter ? length - 1 : length);
}
