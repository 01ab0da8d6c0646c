/** Evidence in few words, for whoever decides. */
import type { Evidence, Unreviewed } from './evidence.ts';
import { blockingFindings } from './measured.ts';
import { describeOutcome } from './outcome-text.ts';
import { inQuotes } from './quotation.ts';
import { plural } from './text.ts';

/** What history keeps of it. */
export interface EvidenceFigures {
  /** An outline was asked for, and no work. */
  readonly outline: boolean;
  readonly measured: boolean;
  /** Null: there are none. */
  readonly checksPassed: boolean | null;
  readonly repairs: number;
  readonly files: number;
  readonly insertions: number;
  readonly deletions: number;
  readonly warnings: number;
  /** Null: the owner asks for none, or the checks are red. */
  readonly review: {
    /** False: it did not take place, or gave no answer. */
    readonly answered: boolean;
    readonly blocking: number;
    readonly notes: number;
  } | null;
}

export function figuresOf(evidence: Evidence): EvidenceFigures {
  const { outline, measured, diff, checksPassed, repairs, warnings, review } = evidence;
  const { files, insertions, deletions } = diff ?? { files: 0, insertions: 0, deletions: 0 };
  const blocking = blockingFindings(evidence).length;
  return {
    outline,
    measured,
    checksPassed,
    repairs: repairs.used,
    files,
    insertions,
    deletions,
    warnings: warnings.length,
    review: review && {
      answered: review.cause === null,
      blocking,
      notes: review.findings.length - blocking,
    },
  };
}

/** `4 files, +12 −3, checks failed`: whether it is an outline, what changed, how the checks ended, and what a reviewer blocks. */
export function summarizeEvidence(figures: EvidenceFigures): string {
  const kind = figures.outline ? ['an outline, no work'] : [];
  return [...kind, sizeOf(figures), ...checksIn(figures), ...warningsIn(figures), ...reviewIn(figures)].join(
    ', ',
  );
}

/** Why nobody has reviewed a round, as a sentence without capital letter and full stop. */
export function describeUnreviewed(cause: Unreviewed): string {
  switch (cause.kind) {
    case 'no_changes':
      return 'there are no changes to read';
    case 'not_measured':
      return 'the changes were not measured';
    case 'held':
      return `no new run starts now (${cause.holds.join(', ')})`;
    case 'no_budget':
      return 'a budget is spent';
    case 'folder_busy':
      return 'another project works in the folder';
    case 'ended':
      return describeOutcome(cause.outcome, inQuotes);
  }
}

/** `4 files, +12 −3`. */
export function sizeOf({ measured, files, insertions, deletions }: EvidenceFigures): string {
  if (!measured) return 'not measured';
  return files === 0 ? 'no changes' : `${plural(files, 'file')}, +${insertions} −${deletions}`;
}

function checksIn({ checksPassed, repairs }: EvidenceFigures): string[] {
  if (checksPassed === null) return [];
  const after = repairs === 0 ? '' : ` after ${plural(repairs, 'repair')}`;
  return [`checks ${checksPassed ? 'passed' : 'failed'}${after}`];
}

function reviewIn({ review }: EvidenceFigures): string[] {
  if (review === null) return [];
  if (!review.answered) return ['not reviewed'];
  return [
    review.blocking === 0
      ? 'a reviewer objects to nothing'
      : `a reviewer objects to ${plural(review.blocking, 'thing')}`,
  ];
}

function warningsIn({ warnings }: EvidenceFigures): string[] {
  return warnings === 0 ? [] : [plural(warnings, 'warning')];
}
