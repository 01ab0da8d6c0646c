/**
 * What happens to a project after a run ended: one table from outcome to policy, and one pure function. Whose fault the
 * end is, is decided before (fault.ts).
 */
import { retryDelayMs } from './back-off.ts';
import type { HoldKind } from './hold.ts';
import type { OutcomeKind } from './outcome.ts';

/** What follows for the project when the fault is its own, or nobody's. */
type OwnPolicy =
  /** `none`: the store already says what comes next. `again`: another run at once that burns no try. `park`: a person must look. */
  | { readonly step: 'none' | 'again' | 'park' }
  /** Another run after a back-off that grows with the tries in a row; bounded. `fresh`: in a new session. */
  | { readonly step: 'retry'; readonly tries: number; readonly firstDelayMs: number; readonly fresh?: true }
  /** The service refuses what the session holds: the same session once more, then a new one. */
  | { readonly step: 'retry_then_fresh'; readonly tries: number };

const SECOND = 1_000;
const crash: OwnPolicy = { step: 'retry', tries: 5, firstDelayMs: 2 * SECOND };
const failing: OwnPolicy = { step: 'retry', tries: 8, firstDelayMs: 30 * SECOND };

export const POLICIES: Record<OutcomeKind, OwnPolicy> = {
  submitted: { step: 'none' },
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
  // As many as a crash is allowed: what was killed as it began has no conversation, and has burnt a try.
  session_missing: { step: 'retry', tries: 5, firstDelayMs: 0, fresh: true },
  prompt_too_long: { step: 'retry', tries: 2, firstDelayMs: 0, fresh: true },
  usage_limit: { step: 'again' },
  claude_missing: { step: 'again' },
  machine_exhausted: { step: 'again' },
  tools_missing: { step: 'park' },
  not_logged_in: { step: 'park' },
  billing: { step: 'park' },
  workspace_missing: { step: 'park' },
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

/** The hold that everybody waits in when the fault is everybody's. What is not listed is a Claude that fails. */
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

/** Which hold a fault of everybody's sets that shows in this outcome. */
export function holdOf(kind: OutcomeKind): HoldKind {
  return HOLD_OF[kind] ?? 'claude_failing';
}

/** The outcomes in which a fault shows that sets this hold. */
export function outcomesThatHold(hold: HoldKind): OutcomeKind[] {
  return OUTCOME_KINDS.filter((kind) => holdOf(kind) === hold);
}

const OUTCOME_KINDS = Object.keys(POLICIES) as OutcomeKind[];

/** Ends after which a project may need a person. */
export const PARKING_OUTCOMES: readonly OutcomeKind[] = OUTCOME_KINDS.filter(
  (kind) => !['none', 'again'].includes(POLICIES[kind].step),
);

export type NextStep =
  | { readonly step: 'none' }
  | { readonly step: 'run_again'; readonly delayMs: number; readonly fresh: boolean }
  | { readonly step: 'park'; readonly tries: number };

/** How a run stands among those before it. */
export interface Circumstances {
  /** It is the so-many-th (1, 2, ...) run in a row that burnt a try. */
  readonly triesInARow: number;
  /** It went on with a conversation that the model had answered before. */
  readonly inOldSession: boolean;
  /** So many runs in a row, this one included, were refused in the same session. */
  readonly refusals: number;
  /** The next run would be of another model: the session's is known no more, and the configuration names another. */
  readonly modelChanges: boolean;
  /** It was killed by a signal, and the run before it was not. */
  readonly firstKill: boolean;
  /** In [0, 1). */
  readonly random: number;
}

/** What to do after a run ended with `kind` by the project's own fault, or by nobody's. */
export function afterRun(kind: OutcomeKind, circumstances: Circumstances): NextStep {
  const { triesInARow, inOldSession, refusals, firstKill, random } = circumstances;
  const policy = POLICIES[kind];
  switch (policy.step) {
    case 'none':
      return { step: 'none' };
    case 'park':
      return circumstances.modelChanges
        ? { step: 'run_again', delayMs: 0, fresh: false }
        : { step: 'park', tries: 1 };
    case 'again':
      return { step: 'run_again', delayMs: 0, fresh: false };
    case 'retry': {
      if (triesInARow >= policy.tries) return { step: 'park', tries: triesInARow };
      // Whoever killed it did not mean the work, and it can be taken up where it was.
      const firstDelayMs = firstKill ? 0 : policy.firstDelayMs;
      const delayMs = retryDelayMs(firstDelayMs, triesInARow, random);
      return { step: 'run_again', delayMs, fresh: policy.fresh ?? false };
    }
    case 'retry_then_fresh':
      if (!inOldSession || triesInARow >= policy.tries) return { step: 'park', tries: triesInARow };
      return { step: 'run_again', delayMs: 0, fresh: refusals > 1 };
  }
}

/** Whether the run broke down, as against: was ended, was refused, or did its part. */
export function isCrash(kind: OutcomeKind): boolean {
  return POLICIES[kind] === crash;
}

/** Whether a run that ended like this by the project's own fault counts as a try in a row. */
export function burnsTry(kind: OutcomeKind): boolean {
  return POLICIES[kind].step === 'retry' || POLICIES[kind].step === 'retry_then_fresh';
}
