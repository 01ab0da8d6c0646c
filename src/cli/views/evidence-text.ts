/**
 * What was measured of a round as a person reads it: first that, then what Claude says, then what an approval does and
 * what a rejection costs.
 */
import type { MeasuredRound } from '../../bridge/measured-round.ts';
import { type EvidenceEntry, type EvidencePart, partsOf } from '../../project/evidence-parts.ts';
import { figuresOf, summarizeEvidence } from '../../project/evidence-text.ts';
import { describeLandingPlan } from '../../project/landing-plan.ts';
import { treeOf } from '../../project/measured.ts';
import { shortOid } from '../../project/oid.ts';
import { isOutline, nameOfRound } from '../../project/outline.ts';
import type { RecordedEvidence } from '../../project/review.ts';
import { type Layout, section } from '../terminal/layout.ts';
import type { Format, Output } from '../terminal/output.ts';
import { flow, shorten, wrap } from '../terminal/text.ts';
import { dateAndTime } from '../terminal/time.ts';
import { rejectionLines } from './rejection-text.ts';
import { saidLines } from './round-lines.ts';

/** One screen about a round. */
export function evidenceLines(shown: MeasuredRound, layout: Layout): string[] {
  const { project, round, measured, completion, landing, revision } = shown;
  const { out, columns } = layout;
  return [
    ...wrap(project.title, out.columns).map((line) => out.style('bold', line)),
    ...flow(
      [
        project.id,
        project.status,
        nameOfRound(round, isOutline(project, round)),
        ...(measured ? treeFacts(measured) : []),
      ],
      out.columns,
    ),
    ...(measured
      ? partsOf(measured.evidence).flatMap((part) => partLines(part, layout))
      : section(
          layout,
          'Not measured',
          wrap(`Nobody measured ${nameOfRound(round, isOutline(project, round))}.`, columns),
          'yellow',
        )),
    ...(completion ? section(layout, 'Claude says', saidLines(completion, columns)) : []),
    ...(landing
      ? section(
          layout,
          'If you approve',
          wrap(
            describeLandingPlan(landing, (name) => name),
            columns,
          ),
          'cyan',
        )
      : []),
    ...rejectionLines(revision, layout),
  ];
}

function treeFacts({ evidence, createdAt }: RecordedEvidence): string[] {
  const tree = treeOf(evidence);
  return [...(tree === null ? [] : [`tree ${shortOid(tree)}`]), `measured ${dateAndTime(createdAt)}`];
}

/** `round 2: 4 files, +12 −3, checks failed`. */
export function measuredInShort({ round, evidence }: RecordedEvidence): string {
  return `round ${round}: ${summarizeEvidence(figuresOf(evidence))}`;
}

export const TONE_FORMATS: Readonly<Record<EvidencePart['tone'], Format>> = {
  bad: 'red',
  care: 'yellow',
  good: 'green',
  plain: 'bold',
};

const MAX_ENTRIES = 30;

function partLines({ title, tone, entries }: EvidencePart, layout: Layout): string[] {
  const { columns } = layout;
  const lines = entries.slice(0, MAX_ENTRIES).flatMap((entry) => entryLines(entry, columns));
  const rest = entries.length - MAX_ENTRIES;
  return section(layout, title, [...lines, ...(rest > 0 ? [`… and ${rest} more`] : [])], TONE_FORMATS[tone]);
}

const MAX_NAMES = 20;
const NAME_LINES = 6;
const WORD_LINES = 8;

function entryLines(
  { text, names = [], words = '', finding = '' }: EvidenceEntry,
  columns: number,
): string[] {
  const rest = names.length - MAX_NAMES;
  const shown = [...names.slice(0, MAX_NAMES), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
  const said = wrap(words.trim(), columns - 4).slice(-WORD_LINES);
  return [
    ...shorten(wrap(shown === '' ? text : `${text}: ${shown}`, columns), NAME_LINES),
    ...(words.trim() === '' ? [] : said.map((line) => `  | ${line}`)),
    ...(finding === '' ? [] : shorten(wrap(finding, columns - 4), WORD_LINES).map((line) => `  | ${line}`)),
  ];
}

/** Lines of a patch in the colours of git. */
export function patchLines(lines: readonly string[], out: Output): string[] {
  return lines.map((line) => {
    const mark = MARK.exec(line)?.[0];
    return mark === undefined ? line : out.style(MARK_FORMATS[mark] ?? 'bold', line);
  });
}

const MARK = /^(?:[+-]{3} |[+-]|@@ |diff --git )/;
const MARK_FORMATS: Readonly<Record<string, Format>> = { '+': 'green', '-': 'red', '@@ ': 'cyan' };
