/**
 * The characters that a text of people, models and programs must not have where it is shown: those that steer a terminal,
 * reorder a line, hide in it, or break it. This is the only list of them, for Node and for browsers alike.
 */

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
export const LINE_END = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;

/** Where line ends are line ends. */
export const UNWANTED = new RegExp(`[${CONTROLS}]|${HIDDEN}|${JOINER}`, 'gu');

/** Where only CR and LF end a line, as in JSON and in a browser: with the other line ends. */
export const UNWANTED_OR_LINE_END = new RegExp(
  `[${CONTROLS}\\u000b\\u000c\\u0085\\u2028\\u2029]|${HIDDEN}|${JOINER}`,
  'gu',
);
