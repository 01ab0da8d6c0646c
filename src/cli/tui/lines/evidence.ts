/** What was measured of a round, not what is claimed, in lines. */
import { durationText } from '../../../page/duration-text.ts';
import { plural } from '../../../page/figures.ts';
import { endText, lastLines } from '../../../page/review/check-words.ts';
import { causeFact, factsOf, type TrustFact } from '../../../page/review/facts.ts';
import { isPassed } from '../../../page/review/verdict.ts';
import { treeOf } from '../../../project/measured.ts';
import type { WireEvidence } from '../../../wire/schemas/evidence.ts';
import { clip, plainLines, shorten, wrap } from '../../terminal/text.ts';
import { foldSign } from './items.ts';
import { keptLines } from './kept-lines.ts';
import { facts, type Line, line, paragraph, type Tone } from './line.ts';
import { atText } from './times.ts';

type Check = WireEvidence['checks'][number];
export type Change = NonNullable<WireEvidence['diff']>['changes'][number];

export function measuredHead(evidence: WireEvidence, now: number): Line {
  const tree = treeOf(evidence);
  return facts(
    { text: 'Measured, not claimed', tone: 'title' },
    { text: atText(evidence.made_at, now), tone: 'quiet' },
    tree === null ? undefined : { text: tree.slice(0, 8), tone: 'quiet' },
  );
}

/** Those that failed first. */
export function checksOf({ checks }: WireEvidence): readonly Check[] {
  return [...checks].sort((a, b) => Number(isPassed(a)) - Number(isPassed(b)));
}

export function checkLines(check: Check, columns: number, isOpen: boolean): Line[] {
  const passed = isPassed(check);
  const { changed_files: changed, leftovers } = check;
  const tail = passed || isOpen ? '' : lastLines(check.output_tail);
  return [
    [
      { text: `${passed ? '✓' : '✗'} ${clip(check.name, columns - 30)}`, tone: passed ? 'good' : 'bad' },
      { text: `  ${durationText(check.duration_ms)}, ${endText(check)}`, tone: 'quiet' },
    ],
    ...(changed.length > 0 ? [line(`  It changed ${plural(changed.length, 'file')} itself.`, 'warn')] : []),
    ...(leftovers.length > 0
      ? [
          line(
            `  It left ${leftovers.length === 1 ? 'a process' : `${leftovers.length} processes`} that could not be ended.`,
            'warn',
          ),
        ]
      : []),
    ...(tail.trim() === '' ? [] : outputLines(tail, columns)),
  ];
}

/** Checks that are unfolded, and the ends of those that failed. */
const MAX_KEPT = 40;

/** What a program printed; its colours are left out. */
export const outputLines = keptLines(
  (text: string, columns) => plainLines(text.trimEnd()).flatMap((one) => quoted(one, columns)),
  MAX_KEPT,
);

function quoted(text: string, columns: number): Line[] {
  return wrap(text, columns - 4).map((part): Line => [{ text: '  | ', tone: 'quiet' }, { text: part }]);
}

/** Everything besides the checks; `isCause` for what stands before them. */
export function factLines(evidence: WireEvidence, columns: number, isCause: boolean): Line[] {
  const cause = causeFact(evidence);
  const told = isCause ? (cause ? [cause] : []) : factsOf(evidence);
  return told.flatMap((fact) => linesOf(fact, columns));
}

const SIGNS: Readonly<Record<TrustFact['icon'], string>> = {
  passed: '✓',
  failed: '✗',
  warning: '!',
  question: '·',
};
const TONES: Readonly<Record<TrustFact['tone'], Tone>> = {
  good: 'good',
  bad: 'bad',
  warn: 'warn',
  quiet: 'quiet',
};

const MAX_NAMES = 12;
const MAX_WORD_LINES = 12;

function linesOf(
  { icon, tone, text, code, names = [], detail = '', words = '' }: TrustFact,
  columns: number,
): Line[] {
  const rest = names.length - MAX_NAMES;
  return [
    ...paragraph(`${SIGNS[icon]} ${text}${code === undefined ? '' : `: ${code}`}`, columns, TONES[tone]),
    ...names.slice(0, MAX_NAMES).map((name) => line(`    ${clip(name, columns - 4)}`)),
    ...(rest > 0 ? [line(`    … and ${rest} more`, 'quiet')] : []),
    ...shorten(detail === '' ? [] : wrap(detail, columns - 4), MAX_WORD_LINES).map((part) =>
      line(`    ${part}`, 'quiet'),
    ),
    ...shorten(words === '' ? [] : wrap(words, columns - 6), MAX_WORD_LINES).map(
      (part): Line => [{ text: '    | ', tone: 'quiet' }, { text: part }],
    ),
  ];
}

const CHANGES: Readonly<Partial<Record<Change['status'], string>>> = {
  A: 'new',
  D: 'deleted',
  R: 'renamed',
  T: 'another type',
};

export function changeLine(
  change: Change,
  columns: number,
  marks: { isOpen: boolean; isSeen: boolean },
): Line {
  const { path, old_path: old, insertions, deletions, binary, status } = change;
  const name = old === undefined ? path : `${old} → ${path}`;
  const kind = CHANGES[status];
  const size = binary ? 'binary' : `+${insertions} −${deletions}`;
  const tail = [...(kind === undefined ? [] : [kind]), size, ...(marks.isSeen ? ['seen'] : [])].join(' · ');
  return [
    {
      text: `${foldSign(marks.isOpen)} ${clip(name, columns - tail.length - 5)}`,
      tone: marks.isSeen ? 'quiet' : 'accent',
    },
    { text: `  ${tail}`, tone: 'quiet' },
  ];
}
