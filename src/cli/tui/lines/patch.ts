/** A patch of one file in lines: numbered, and with what hides in it made visible. */
import { type PatchLine, patchLines } from '../../../page/review/patch-lines.ts';
import { piecesOf } from '../../../page/visible-text.ts';
import { chop, isPlain } from '../../terminal/text.ts';
import { keptLines } from './kept-lines.ts';
import { type Line, line, type Span, type Tone } from './line.ts';

const NUMBER_COLUMNS = 5;
/** Longer ones are what machines write: they would be read by nobody, and take seconds to lay out. */
const MAX_LINE_CHARACTERS = 4_000;

const MARKS: Readonly<Record<PatchLine['kind'], string>> = {
  added: '+',
  removed: '-',
  same: ' ',
  hunk: ' ',
  note: ' ',
};
const TONES: Readonly<Record<PatchLine['kind'], Tone>> = {
  added: 'good',
  removed: 'bad',
  same: 'plain',
  hunk: 'accent',
  note: 'quiet',
};

/** Files that are unfolded at the same time. */
const MAX_KEPT = 20;

/** @param patch Of one file, as git writes it. */
export const linesOfPatch = keptLines(
  (patch: string, columns) => patchLines(patch, false).flatMap((one) => linesOf(one, columns)),
  MAX_KEPT,
);

function linesOf({ kind, text, before, after }: PatchLine, columns: number): Line[] {
  const number = String(after ?? before ?? '').padStart(NUMBER_COLUMNS);
  const tone = TONES[kind];
  const room = Math.max(1, columns - NUMBER_COLUMNS - 3);
  const [first = '', ...others] = chop(visible(text), room);
  const head: Span = { text: `${number} `, tone: 'quiet' };
  const rest: Span = { text: ' '.repeat(NUMBER_COLUMNS + 1) };
  return [
    [head, { text: `${MARKS[kind]} ${first}`, tone }],
    ...others.map((other): Line => [rest, { text: `${MARKS[kind]} ${other}`, tone }]),
    ...(text.length > MAX_LINE_CHARACTERS
      ? [
          line(
            `${' '.repeat(NUMBER_COLUMNS + 3)}… ${text.length - MAX_LINE_CHARACTERS} more characters`,
            'warn',
          ),
        ]
      : []),
  ];
}

/** Characters that cannot be seen, or that reorder the text, by their numbers. */
function visible(text: string): string {
  if (text.length <= MAX_LINE_CHARACTERS && isPlain(text)) return text;
  return piecesOf(text.slice(0, MAX_LINE_CHARACTERS).replaceAll('\t', '    '))
    .map((piece) => ('words' in piece ? piece.words : `<${piece.hidden}>`))
    .join('');
}
