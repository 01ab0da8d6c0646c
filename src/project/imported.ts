/**
 * Projects of another program, as they arrive here: in which round each submission and decision was, and in which status
 * the project is. No project goes on by itself: what was not over there waits for the person here.
 */
import { cut } from '../characters.ts';
import type { CLOSED_STATUSES, ProjectStatus } from './project.ts';
import { inQuotes } from './quotation.ts';
import type { Verdict } from './review.ts';
import { plural } from './text.ts';

/** As the other program kept it. Times are in the form of the store. */
export interface ForeignProject {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  /** Null or empty: none was named. */
  readonly workspace: string | null;
  /** Null: it was not found. */
  readonly plan: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly updates: readonly ForeignUpdate[];
  readonly completions: readonly ForeignCompletion[];
  readonly decisions: readonly ForeignDecision[];
}

export interface ForeignUpdate {
  readonly message: string;
  readonly createdAt: string;
}

export interface ForeignCompletion {
  readonly summary: string;
  readonly filesCreated: readonly string[];
  readonly filesModified: readonly string[];
  readonly caveats: string;
  readonly createdAt: string;
}

export interface ForeignDecision {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly createdAt: string;
}

/** What happened in which round. */
export interface ForeignRounds {
  readonly completions: readonly (ForeignCompletion & { readonly round: number; readonly attempt: number })[];
  readonly decisions: readonly (ForeignDecision & { readonly round: number })[];
  /** The round under way. */
  readonly round: number;
}

/**
 * Counts rounds where the other program counted none: each decision ends one, and what is submitted again before a decision
 * is another attempt.
 */
export function roundsOf({
  status,
  completions,
  decisions,
}: Pick<ForeignProject, 'status' | 'completions' | 'decisions'>): ForeignRounds {
  const found = { completions: [], decisions: [] } as {
    completions: ForeignRounds['completions'][number][];
    decisions: ForeignRounds['decisions'][number][];
  };
  let round = 1;
  let attempt = 0;
  let verdict: Verdict | undefined;
  const openNext = () => {
    if (verdict === undefined) return;
    round += 1;
    attempt = 0;
    verdict = undefined;
  };
  const happened = [
    ...completions.map((completion) => ({ completion, at: completion.createdAt })),
    ...decisions.map((decision) => ({ decision, at: decision.createdAt })),
  ].sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
  for (const one of happened) {
    openNext();
    if ('completion' in one) {
      attempt += 1;
      found.completions.push({ ...one.completion, round, attempt });
    } else {
      verdict = one.decision.verdict;
      found.decisions.push({ ...one.decision, round });
    }
  }
  if (status === 'in_progress') openNext();
  return { ...found, round };
}

/** What an import does with a project. */
export const IMPORT_CHANGES = [
  'added',
  'continued', // it was here, and there is more by now
  'here', // nothing is new
  'gone_on', // it has gone on here: what is new there is left out
  'taken', // another project has its id
] as const;
export type ImportChange = (typeof IMPORT_CHANGES)[number];

/** How a project arrives. */
export interface Arrival {
  readonly status: ProjectStatus;
  /** Where a retry goes on; null unless it waits for a person. */
  readonly attentionFrom: ProjectStatus | null;
  /** Why it waits for a person; null: it does not. */
  readonly reason: string | null;
}

/**
 * Closed projects stay closed, and an approved one is complete: nothing of it is left to do. Submitted work still waits for
 * its decision. All else needs a person, who retries or cancels it.
 */
export function arrivalOf({ status }: ForeignProject, rounds: ForeignRounds): Arrival {
  if (status === 'approved') return closed('complete');
  if (status === 'complete' || status === 'cancelled') return closed(status);
  const { round } = rounds;
  const decided = rounds.decisions.find((decision) => decision.round === round);
  const isSubmitted = rounds.completions.some((completion) => completion.round === round);
  switch (status) {
    case 'awaiting_approval':
      if (isSubmitted && !decided) return { status, attentionFrom: null, reason: null };
      return waiting('pending', 'its work was submitted, but what was submitted is not in the file');
    case 'pending':
      return waiting('pending', 'it waited in the queue there');
    case 'in_progress':
      return waiting('in_progress', 'Claude was at work on it there: look at what is done in its folder');
    case 'rejected':
      return decided?.verdict === 'rejected'
        ? waiting('rejected', `round ${round} was rejected there, and its revision had not begun`)
        : waiting('pending', 'its work was rejected there, but why is not in the file');
    default:
      return waiting(
        'pending',
        `its status there was ${inQuotes(cut(status, 100))}, which is not known here`,
      );
  }
}

function closed(status: (typeof CLOSED_STATUSES)[number]): Arrival {
  return { status, attentionFrom: null, reason: null };
}

function waiting(attentionFrom: ProjectStatus, why: string): Arrival {
  return { status: 'attention', attentionFrom, reason: `imported: ${why}` };
}

/** How much of its record was taken over, as a sentence. */
export function importedRecord(
  counts: Readonly<Record<'updates' | 'completions' | 'decisions', number>>,
): string {
  const { updates, completions, decisions } = counts;
  const parts = [plural(updates, 'update'), plural(completions, 'completion'), plural(decisions, 'decision')];
  return `Added: ${parts.join(', ')}.`;
}
