/** What stands against approving with one tap. Pure. */
import { blockingFindings, hasPassed, treeOf } from '../../project/measured.ts';
import type { WireEvidence } from '../../wire/schemas/evidence.ts';
import { plural } from '../figures.ts';

type Check = WireEvidence['checks'][number];

/** Whether a check passed. */
export function isPassed({ exit_code: exitCode, timed_out: timedOut }: Check): boolean {
  return hasPassed({ exitCode, timedOut });
}

export interface Approval {
  /** What is on the button. */
  readonly label: string;
  /** What a person is told before they approve all the same; empty: one tap is enough. */
  readonly doubts: readonly string[];
}

/** @param evidence Null: nothing was measured. */
export function approvalOf(evidence: WireEvidence | null): Approval {
  if (!evidence?.measured)
    return {
      label: 'Approve unmeasured…',
      doubts: ['Nothing was measured of this round: you would go by the words of Claude alone.'],
    };
  const failed = evidence.checks.filter((check) => !isPassed(check));
  if (failed.length > 0)
    return {
      label: `Approve, ${failed.length} failed…`,
      doubts: failed.map(({ name }) => `The check “${name}” failed.`),
    };
  const blocking = blockingFindings(evidence);
  if (blocking.length > 0)
    return { label: 'Approve…', doubts: [`A second model objects to ${plural(blocking.length, 'thing')}.`] };
  return { label: evidence.outline ? 'Approve outline' : 'Approve', doubts: [] };
}

/** What a decision is bound to. */
export interface Bound {
  readonly round: number;
  readonly tree?: string;
}

export function boundTo(round: number, evidence: WireEvidence | null): Bound {
  const tree = evidence && treeOf(evidence);
  return { round, ...(tree !== null && { tree }) };
}
