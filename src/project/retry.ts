/**
 * What follows for a project when its run has ended: a table from outcome to policy, and the step for the run at hand.
 * `fault.ts` has decided before that the fault is not everybody's.
 */
import { retryDelayMs } from './back-off.ts';
import type { HoldKind } from './hold.ts';
import type { OutcomeKind } from './outcome.ts';

/** What follows when the fault is the project's or nobody's. */
type OwnPolicy =
  /** `none`: the project's status says what comes next. `again`: a run at once, no try spent. `park`: a person must look. */
  | { readonly step: 'none' | 'again' | 'park' }
  /** A run after a back-off that grows with each try in a row, up to a limit. `fresh`: in a new session. */
  | { readonly step: 'retry'; readonly tries: number; readonly firstDelayMs: number; readonly fresh?: true }
  /** The service refuses the content of the session: one more run in it, then one in a new session. */
  | { readonly step: 'retry_then_fresh'; readonly tries: number };

const SECOND = 1_000;
const crash: OwnPolicy = { step: 'retry', tries: 5, firstDelayMs: 2 * SECOND };
const failing: OwnPolicy = { step: 'retry', tries: 8, firstDelayMs: 30 * SECOND };

export const POLICIES: Record<OutcomeKind, OwnPolicy> = {
  submitted: { step: 'none' },
  // The project waits for a person.
  deferred: { step: 'none' },
  // The next run is told what was decided, so this happens once for each call.
  deferral_lost: { step: 'again' },
  // What a review finds out, or does not, is for whoever decides on the round.
  reviewed: { step: 'none' },
  no_review: { step: 'none' },
  tool_unexpected: { step: 'none' },
  cancelled: { step: 'none' },
  interrupted: { step: 'again' },
  never_spawned: { step: 'retry', tries: 5, firstDelayMs: SECOND },
  lost: { step: 'retry', tries: 10, firstDelayMs: 0 },
  no_completion: { step: 'retry', tries: 3, firstDelayMs: 0 },
  no_init: crash,
  stalled: crash,
  crashed: crash,
  output_truncated: crash,
  throttled: failing,
  api_error: failing,
  request_refused: { step: 'retry_then_fresh', tries: 5 },
  // As many tries as a crash: a run that was killed as it began has spent one and left no session.
  session_missing: { step: 'retry', tries: 5, firstDelayMs: 0, fresh: true },
  prompt_too_long: { step: 'retry', tries: 2, firstDelayMs: 0, fresh: true },
  usage_limit: { step: 'again' },
  claude_missing: { step: 'again' },
  machine_exhausted: { step: 'again' },
  tools_missing: { step: 'park' },
  not_logged_in: { step: 'park' },
  billing: { step: 'park' },
  workspace_missing: { step: 'park' },
  worktree_refused: { step: 'park' },
  prepare_failed: { step: 'park' },
  tool_denied: { step: 'park' },
  wrong_folder: { step: 'park' },
  claude_too_old: { step: 'park' },
  timed_out: { step: 'park' },
  output_too_large: { step: 'park' },
  model_unknown: { step: 'park' },
  max_turns: { step: 'park' },
  budget_spent: { step: 'park' },
  refused: { step: 'park' },
};

/** The hold that a fault of everybody's sets. Others set `claude_failing`. */
const HOLD_OF: Partial<Record<OutcomeKind, HoldKind>> = {
  usage_limit: 'usage_limit',
  throttled: 'service_unavailable',
  api_error: 'service_unavailable',
  not_logged_in: 'not_logged_in',
  billing: 'billing',
  tools_missing: 'tools_missing',
  claude_missing: 'claude_missing',
  machine_exhausted: 'disk_low',
  model_unknown: 'model_unavailable',
};

/** The hold that this outcome sets when the fault is everybody's. */
export function holdOf(kind: OutcomeKind): HoldKind {
  return HOLD_OF[kind] ?? 'claude_failing';
}

/** The outcomes that can set this hold. */
export function outcomesThatHold(hold: HoldKind): OutcomeKind[] {
  return OUTCOME_KINDS.filter((kind) => holdOf(kind) === hold);
}

const OUTCOME_KINDS = Object.keys(POLICIES) as OutcomeKind[];

/** Outcomes after which a project may be parked. */
export const PARKING_OUTCOMES: readonly OutcomeKind[] = OUTCOME_KINDS.filter(
  (kind) => !['none', 'again'].includes(POLICIES[kind].step),
);

export type NextStep =
  | { readonly step: 'none' }
  | { readonly step: 'run_again'; readonly delayMs: number; readonly fresh: boolean }
  | { readonly step: 'park'; readonly tries: number };

/** What the policy depends on besides the outcome. */
export interface Circumstances {
  /** How many runs in a row, this one included, have spent a try; 1 for the first. */
  readonly triesInARow: number;
  /** The session has an answer of the model, from this run or an earlier one. */
  readonly inOldSession: boolean;
  /** How many runs in a row, this one included, were refused in the same session. */
  readonly refusals: number;
  /** The next run does not meet the cause: it asks for another model, or waits for another day's budget. */
  readonly causePasses: boolean;
  /** A signal killed this run, and none the run before it. */
  readonly firstKill: boolean;
  /** In [0, 1). */
  readonly random: number;
}

/** The next step after a run that ended with `kind` by the project's fault or nobody's. */
export function afterRun(kind: OutcomeKind, circumstances: Circumstances): NextStep {
  const { triesInARow, inOldSession, refusals, firstKill, random } = circumstances;
  const policy = POLICIES[kind];
  switch (policy.step) {
    case 'none':
      return { step: 'none' };
    case 'park':
      return circumstances.causePasses
        ? { step: 'run_again', delayMs: 0, fresh: false }
        : { step: 'park', tries: 1 };
    case 'again':
      return { step: 'run_again', delayMs: 0, fresh: false };
    case 'retry': {
      if (triesInARow >= policy.tries) return { step: 'park', tries: triesInARow };
      // A kill from outside says nothing about the work.
      const firstDelayMs = firstKill ? 0 : policy.firstDelayMs;
      const delayMs = retryDelayMs(firstDelayMs, triesInARow, random);
      return { step: 'run_again', delayMs, fresh: policy.fresh ?? false };
    }
    case 'retry_then_fresh':
      if (!inOldSession || triesInARow >= policy.tries) return { step: 'park', tries: triesInARow };
      return { step: 'run_again', delayMs: 0, fresh: refusals > 1 };
  }
}

/** Whether the run broke down: it was not ended, was not refused and did not do its part. */
export function isCrash(kind: OutcomeKind): boolean {
  return POLICIES[kind] === crash;
}

/** Whether a run that ended with `kind` by the project's fault spends a try. */
export function burnsTry(kind: OutcomeKind): boolean {
  return POLICIES[kind].step === 'retry' || POLICIES[kind].step === 'retry_then_fresh';
}
