/**
 * What happens to a project after a run ended: one table from outcome to policy, and one pure function.
 *
 * `retry`     another run in the same session, after a back-off that grows with the tries in a row; bounded
 * `again`     another run at once that burns no try: the end was not the run's fault
 * `hold`      nothing starts until the cause is gone; burns no try
 * `park`      a person must look
 * `none`      the store already says what comes next
 */
import type { OutcomeKind } from './run.ts';

type Policy =
  | { readonly step: 'none' | 'again' | 'park' }
  | { readonly step: 'hold'; readonly hold: HoldKind; readonly probeMs: number }
  | { readonly step: 'retry'; readonly tries: number; readonly firstDelayMs: number; readonly fresh?: true };

/** Why no new run starts. */
export const HOLD_KINDS = [
  'paused', // by a person; ends with `resume`
  'usage_limit', // the account's; ends some seconds after its stated reset
  'not_logged_in',
  'billing',
  'claude_missing',
  'tools_missing', // Claude starts, but without our tools
  'disk_low', // too little room to keep what a run says
  'quiet_hours', // the owner's hours without runs
  'reserve', // the share of a usage window that the owner keeps for other work
] as const;
export type HoldKind = (typeof HOLD_KINDS)[number];

/**
 * Holds that end with a try: after their time one run may start, and only when it gets an answer from the model do the
 * others follow.
 */
export const PROBED_HOLDS: readonly HoldKind[] = ['usage_limit', 'not_logged_in', 'billing', 'tools_missing'];

export interface Hold {
  readonly kind: HoldKind;
  /** A model family (`opus`) when only runs of these models are held; empty: all runs. */
  readonly scope: string;
  readonly reason: string;
  readonly since: string;
  /** When it ends by itself or is probed; null: only a person ends it. */
  readonly until: string | null;
}

/** How long a hold lasts, in words that complete "no new run starts …". `when` writes a time for the reader. */
export function holdEnd({ kind, until }: Hold, when: (time: string) => string = (time) => time): string {
  if (kind === 'paused') return 'until a person says `bridge-supervisor resume`';
  if (until === null) return 'until that is mended';
  return PROBED_HOLDS.includes(kind) ? `until ${when(until)}; then one run tries` : `until ${when(until)}`;
}

const MINUTE = 60_000;
const crash: Policy = { step: 'retry', tries: 5, firstDelayMs: 2_000 };

export const POLICIES: Record<OutcomeKind, Policy> = {
  submitted: { step: 'none' },
  cancelled: { step: 'none' },
  interrupted: { step: 'again' },
  never_spawned: { step: 'retry', tries: 5, firstDelayMs: 1_000 },
  lost: { step: 'retry', tries: 10, firstDelayMs: 0 },
  no_completion: { step: 'retry', tries: 3, firstDelayMs: 0 },
  no_init: crash,
  tools_missing: { step: 'hold', hold: 'tools_missing', probeMs: MINUTE },
  stalled: crash,
  crashed: crash,
  output_truncated: crash,
  throttled: { step: 'retry', tries: 10, firstDelayMs: 30_000 },
  api_error: { step: 'retry', tries: 8, firstDelayMs: 30_000 },
  session_missing: { step: 'retry', tries: 2, firstDelayMs: 0, fresh: true },
  prompt_too_long: { step: 'retry', tries: 2, firstDelayMs: 0, fresh: true },
  usage_limit: { step: 'hold', hold: 'usage_limit', probeMs: 0 },
  not_logged_in: { step: 'hold', hold: 'not_logged_in', probeMs: 5 * MINUTE },
  billing: { step: 'hold', hold: 'billing', probeMs: 15 * MINUTE },
  claude_missing: { step: 'hold', hold: 'claude_missing', probeMs: MINUTE },
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

const LONGEST_DELAY_MS = 15 * MINUTE;
const JITTER = 1 / 4;

/**
 * Back-off before the next try, in milliseconds: doubles with each try in a row, capped, with up to 25 % jitter so that
 * several projects that failed together do not come back together. `random` is in [0, 1).
 */
export function retryDelayMs(firstDelayMs: number, triesInARow: number, random: number): number {
  const delay = Math.min(firstDelayMs * 2 ** (triesInARow - 1), LONGEST_DELAY_MS);
  return Math.round(delay * (1 + random * JITTER));
}

/**
 * Between which times a back-off ends that is under way at `now` (all ISO 8601 UTC): after the first, at the latest at
 * the second. One that seems to end later than the longest one could was begun before the clock was set back, and is
 * over: it would last as long as the clock was set back by.
 */
export function backOffEnds(now: string): { readonly after: string; readonly latest: string } {
  const latest = Date.parse(now) + LONGEST_DELAY_MS * (1 + JITTER);
  return { after: now, latest: new Date(latest).toISOString() };
}

/** Until when a project waits that is to start no run before `notBefore`; undefined when it waits no longer. */
export function waitsUntil(notBefore: string | null, now: string): string | undefined {
  const { after, latest } = backOffEnds(now);
  return notBefore !== null && notBefore > after && notBefore <= latest ? notBefore : undefined;
}

/**
 * Whether the time of a hold is up at `now`. A hold that the table ends, and that seems to last longer than it lets any
 * wait, was set before the clock was set back, and its time is up too. An end that the service or the owner named is
 * believed.
 */
export function isOver({ kind, until }: Hold, now: string): boolean {
  if (until === null) return false;
  const { after, latest } = backOffEnds(now);
  return until <= after || (until > latest && isEndedByTable(kind));
}

function isEndedByTable(kind: HoldKind): boolean {
  return Object.values(POLICIES).some(
    (policy) => policy.step === 'hold' && policy.hold === kind && policy.probeMs > 0,
  );
}

export type NextStep =
  | { readonly step: 'none' }
  | { readonly step: 'run_again'; readonly delayMs: number; readonly fresh: boolean }
  | { readonly step: 'hold'; readonly hold: HoldKind; readonly probeMs: number }
  | { readonly step: 'park'; readonly tries: number };

/**
 * What to do after a run ended with `kind`, when it was the `triesInARow`-th (1, 2, ...) consecutive run that ended
 * with a `retry` policy.
 */
export function afterRun(kind: OutcomeKind, triesInARow: number, random: number): NextStep {
  const policy = POLICIES[kind];
  switch (policy.step) {
    case 'none':
      return { step: 'none' };
    case 'park':
      return { step: 'park', tries: 1 };
    case 'again':
      return { step: 'run_again', delayMs: 0, fresh: false };
    case 'hold':
      return { step: 'hold', hold: policy.hold, probeMs: policy.probeMs };
    case 'retry':
      if (triesInARow >= policy.tries) return { step: 'park', tries: triesInARow };
      return {
        step: 'run_again',
        delayMs: retryDelayMs(policy.firstDelayMs, triesInARow, random),
        fresh: policy.fresh ?? false,
      };
  }
}

/** Whether the run broke down, as against: was ended, was refused, or did its part. */
export function isCrash(kind: OutcomeKind): boolean {
  return POLICIES[kind] === crash;
}

/** Whether a run that ended like this counts as a try in a row; a run that got somewhere resets the count. */
export function burnsTry(kind: OutcomeKind): boolean {
  return POLICIES[kind].step === 'retry';
}
