import { describe, expect, test } from 'vitest';
import { retryDelayMs, waitsUntil } from '../../src/project/back-off.ts';
import {
  HOLD_KINDS,
  type Hold,
  type HoldKind,
  type HoldSource,
  isOver,
  isWorthATryAtStart,
  PROBED_HOLDS,
  probeDelayMs,
} from '../../src/project/hold.ts';
import type { Outcome, OutcomeKind } from '../../src/project/outcome.ts';
import { describeOutcome } from '../../src/project/outcome-text.ts';
import {
  afterRun,
  burnsTry,
  holdOf,
  type NextStep,
  outcomesThatHold,
  POLICIES,
} from '../../src/project/retry.ts';

/** One of each, with what a person reads about it. The type fails to compile when a kind is missing. */
const OUTCOMES: { [K in OutcomeKind]: readonly [Extract<Outcome, { kind: K }>, string] } = {
  submitted: [{ kind: 'submitted' }, 'work submitted'],
  deferred: [
    { kind: 'deferred', requestId: 'a1b2c3d4e5f6' },
    'Claude waits for an answer to request a1b2c3d4e5f6',
  ],
  deferral_lost: [
    { kind: 'deferral_lost' },
    'the call that waited for an answer is no longer in the session',
  ],
  no_completion: [{ kind: 'no_completion' }, 'Claude ended without submitting its work'],
  reviewed: [{ kind: 'reviewed' }, 'the reviewer gave its answer'],
  no_review: [{ kind: 'no_review' }, 'the reviewer ended without an answer'],
  tool_unexpected: [
    { kind: 'tool_unexpected', tool: 'Bash' },
    'the reviewer was given the tool Bash, which may do more than read, and was stopped before its first request',
  ],
  cancelled: [{ kind: 'cancelled' }, 'ended because the project was cancelled'],
  interrupted: [{ kind: 'interrupted' }, 'ended because the supervisor was stopped'],
  never_spawned: [{ kind: 'never_spawned', message: 'no memory' }, 'never started: no memory'],
  claude_missing: [
    { kind: 'claude_missing', message: 'not found' },
    'Claude could not be started: not found',
  ],
  machine_exhausted: [
    { kind: 'machine_exhausted', message: 'EMFILE' },
    'this machine has run out of disk space, processes or open files: EMFILE',
  ],
  workspace_missing: [{ kind: 'workspace_missing', message: '/a' }, 'the workspace cannot be used: /a'],
  tool_denied: [
    {
      kind: 'tool_denied',
      tool: 'bridge_send_completion',
      setting: "'permissions.deny' in Claude's settings",
    },
    "Claude may not use the tool bridge_send_completion, without which it cannot report its work: remove it from 'permissions.deny' in Claude's settings",
  ],
  wrong_folder: [
    { kind: 'wrong_folder', folder: '/b' },
    'Claude started in another folder than the workspace, and was stopped before its first request: /b',
  ],
  claude_too_old: [{ kind: 'claude_too_old', message: 'update it' }, 'Claude was not started: update it'],
  worktree_refused: [
    { kind: 'worktree_refused', cause: 'base-gone', detail: 'next' },
    "the project cannot be given a worktree: the repository has no branch or commit 'next' to begin from: make it, or name another 'base'",
  ],
  prepare_failed: [
    { kind: 'prepare_failed', exitCode: 1, signal: null, timedOut: false, output: 'npm ERR!' },
    "'prepare' of the workspace failed (exit code 1): npm ERR!",
  ],
  no_init: [{ kind: 'no_init', afterMs: 60_000 }, 'Claude printed nothing for 60 s after it started'],
  tools_missing: [
    { kind: 'tools_missing', status: 'failed' },
    'Claude started without the bridge tools (failed); the run does not count',
  ],
  stalled: [{ kind: 'stalled', silentMs: 960_000 }, 'no sign of life for 16 min'],
  timed_out: [{ kind: 'timed_out', afterMs: 14_400_000 }, 'still working after its time limit of 240 min'],
  crashed: [
    { kind: 'crashed', code: null, signal: 'SIGSEGV', stderr: 'oops' },
    'Claude ended unexpectedly (SIGSEGV): oops',
  ],
  output_truncated: [{ kind: 'output_truncated' }, "Claude's output stopped in the middle of a line"],
  usage_limit: [
    { kind: 'usage_limit', limit: 'five_hour', resetsAt: '2026-03-01T15:00:00.000Z' },
    'usage limit reached (five_hour), resets 2026-03-01T15:00:00.000Z',
  ],
  throttled: [{ kind: 'throttled' }, 'the service asked to slow down'],
  output_too_large: [
    { kind: 'output_too_large', writtenMb: 512, maxMb: 500 },
    'stopped after it wrote 512 MB of output; run_output_max_mb allows 500 MB. The output is kept',
  ],
  not_logged_in: [{ kind: 'not_logged_in', message: 'run /login' }, 'Claude is not logged in: run /login'],
  billing: [{ kind: 'billing', message: 'no credit' }, 'the account cannot pay: no credit'],
  api_error: [
    { kind: 'api_error', status: 529, message: 'overloaded' },
    'the service failed (529): overloaded',
  ],
  model_unknown: [
    { kind: 'model_unknown', model: 'opus-9', source: 'plan', message: 'no such model' },
    "the service does not know the model 'opus-9' (the plan's model), or this account may not use it: no such model",
  ],
  request_refused: [
    { kind: 'request_refused', status: 400, message: 'tool_use without tool_result' },
    'the service refuses the conversation (400): tool_use without tool_result',
  ],
  max_turns: [{ kind: 'max_turns', turns: 40 }, "stopped after 40 turns, the plan's max_turns"],
  budget_spent: [{ kind: 'budget_spent', budgetUsd: 2.5 }, 'stopped at the budget of the project, $2.50'],
  refused: [{ kind: 'refused' }, 'the model declined to go on'],
  prompt_too_long: [{ kind: 'prompt_too_long' }, 'the conversation is too long to go on'],
  session_missing: [{ kind: 'session_missing' }, 'the session to resume no longer exists'],
  lost: [{ kind: 'lost', message: 'nobody saw its end' }, 'lost: nobody saw its end'],
};
const KINDS = Object.keys(OUTCOMES) as OutcomeKind[];
const retried = KINDS.filter((kind) => burnsTry(kind));

describe('text of an outcome', () => {
  test.each(KINDS)('the outcome %s is shown in one line', (kind) => {
    const [outcome, words] = OUTCOMES[kind];
    expect(describeOutcome(outcome)).toBe(words);
  });

  test('an outcome is shown in one line even when little is known', () => {
    const crash = { kind: 'crashed', code: 3, signal: null, stderr: '' } as const;
    expect(describeOutcome(crash)).toBe('Claude ended unexpectedly (exit code 3)');
    expect(describeOutcome({ ...crash, code: null })).toBe('Claude ended unexpectedly (exit code unknown)');
    expect(describeOutcome({ kind: 'api_error', status: null, message: 'reset' })).toBe(
      'the service failed: reset',
    );
    expect(describeOutcome({ kind: 'stalled', silentMs: 90_400 })).toBe('no sign of life for 90 s');
  });
});

/** Nothing special about the run. */
const PLAIN = {
  triesInARow: 1,
  inOldSession: true,
  refusals: 1,
  causePasses: false,
  firstKill: false,
  random: 0,
};

describe('after a run that ended by its own fault, or by nobody’s', () => {
  /** What follows the first run that ends like this. */
  const FIRST: Record<OutcomeKind, string> = {
    submitted: 'none',
    deferred: 'none',
    deferral_lost: 'again',
    reviewed: 'none',
    no_review: 'none',
    tool_unexpected: 'none',
    cancelled: 'none',
    interrupted: 'again',
    lost: 'again',
    no_completion: 'again',
    never_spawned: 'later',
    no_init: 'later',
    tools_missing: 'park',
    stalled: 'later',
    crashed: 'later',
    output_truncated: 'later',
    throttled: 'later',
    api_error: 'later',
    request_refused: 'again',
    session_missing: 'again, fresh',
    prompt_too_long: 'again, fresh',
    usage_limit: 'again',
    not_logged_in: 'park',
    billing: 'park',
    claude_missing: 'again',
    machine_exhausted: 'again',
    workspace_missing: 'park',
    worktree_refused: 'park',
    prepare_failed: 'park',
    tool_denied: 'park',
    wrong_folder: 'park',
    claude_too_old: 'park',
    timed_out: 'park',
    output_too_large: 'park',
    model_unknown: 'park',
    max_turns: 'park',
    budget_spent: 'park',
    refused: 'park',
  };

  test.each(KINDS)('the outcome %s has a policy', (kind) => {
    expect(told(afterRun(kind, PLAIN))).toBe(FIRST[kind]);
  });

  test.each(
    retried,
  )('the outcome %s is retried a bounded number of times, then a person is asked', (kind) => {
    const policy = POLICIES[kind];
    if (!('tries' in policy)) throw new Error('not retried');
    const stepAfter = (triesInARow: number) => afterRun(kind, { ...PLAIN, triesInARow, random: 0.5 });
    for (let tries = 1; tries < policy.tries; tries++) expect(stepAfter(tries).step).toBe('run_again');
    expect(policy.tries).toBeGreaterThan(1);
    expect(policy.tries).toBeLessThanOrEqual(10);
    expect(stepAfter(policy.tries)).toEqual({ step: 'park', tries: policy.tries });
    expect(stepAfter(policy.tries + 5).step).toBe('park');
    expect(burnsTry(kind)).toBe(true);
  });

  test('a conversation that is refused twice goes on in a new session; a new one that is refused needs a person', () => {
    const refused = (circumstances: Partial<typeof PLAIN>) =>
      told(afterRun('request_refused', { ...PLAIN, ...circumstances }));
    expect(refused({ refusals: 1 })).toBe('again');
    expect(refused({ refusals: 2, triesInARow: 2 })).toBe('again, fresh');
    expect(refused({ inOldSession: false })).toBe('park');
  });

  test('a Claude that was killed is resumed at once, and after another kill with the usual wait', () => {
    expect(told(afterRun('crashed', { ...PLAIN, firstKill: true }))).toBe('again');
    expect(told(afterRun('crashed', PLAIN))).toBe('later');
  });

  test('a session whose model is gone goes on with the model of the configuration', () => {
    expect(told(afterRun('model_unknown', { ...PLAIN, causePasses: true }))).toBe('again');
  });
});

describe('after a run that ended by everybody’s fault', () => {
  const HOLDS: Partial<Record<OutcomeKind, HoldKind>> = {
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

  test.each(KINDS)('the outcome %s holds the queue', (kind) => {
    const hold = HOLDS[kind] ?? 'claude_failing';
    expect(holdOf(kind)).toBe(hold);
    expect(outcomesThatHold(hold)).toContain(kind);
  });
});

function told(step: NextStep): string {
  if (step.step !== 'run_again') return step.step;
  return `${step.delayMs > 0 ? 'later' : 'again'}${step.fresh ? ', fresh' : ''}`;
}

describe('end of a hold', () => {
  const now = '2026-03-01T12:00:00.000Z';
  const over = (kind: HoldKind, minutes: number | null) => {
    const until = minutes === null ? null : new Date(Date.parse(now) + minutes * 60_000).toISOString();
    return isOver({ kind, scope: '', reason: '', since: now, until, source: 'run' }, now);
  };

  test('a hold is over when its time has come, and never without one', () => {
    expect([-1, 0, 1, null].map((minutes) => over('billing', minutes))).toEqual([true, true, false, false]);
  });

  test('a hold is over when it seems to last longer than any of the table: the clock was set back', () => {
    const ended = HOLD_KINDS.filter((kind) => over(kind, 24 * 60));
    expect(ended).toEqual([
      'service_unavailable',
      'model_unavailable',
      'not_logged_in',
      'billing',
      'claude_missing',
      'claude_failing',
      'tools_missing',
      'disk_low',
    ]);
    expect(HOLD_KINDS.filter((kind) => over(kind, 15))).toEqual([]);
  });
});

describe('holds that a run has set', () => {
  test("a run's hold is probed after a time that doubles with each failed probe, and never far away", () => {
    const seconds = [0, 1, 2, 3, 4, 1_000].map(
      (failed) => probeDelayMs('service_unavailable', failed) / 1_000,
    );
    expect(seconds).toEqual([30, 60, 120, 240, 300, 300]);
    expect([0, 1, 9].map((failed) => probeDelayMs('claude_failing', failed) / 60_000)).toEqual([1, 2, 15]);
    expect([0, 9].map((failed) => probeDelayMs('not_logged_in', failed) / 60_000)).toEqual([5, 5]);
  });

  test("a run's hold is probed at once by a supervisor that starts, unless the service has named its end", () => {
    const hold = (kind: HoldKind, source: HoldSource): Hold => ({
      kind,
      scope: '',
      reason: '',
      since: '',
      until: '2026-03-01T12:00:00.000Z',
      source,
    });
    const atStart = HOLD_KINDS.filter((kind) => isWorthATryAtStart(hold(kind, 'run')));
    expect(atStart).toEqual(PROBED_HOLDS.filter((kind) => kind !== 'usage_limit'));
    expect(HOLD_KINDS.filter((kind) => isWorthATryAtStart(hold(kind, 'preflight')))).toEqual([]);
  });
});

describe('back-off', () => {
  test('the back-off doubles with each try in a row', () => {
    expect([1, 2, 3, 4].map((tries) => retryDelayMs(2_000, tries, 0))).toEqual([2_000, 4_000, 8_000, 16_000]);
  });

  test('the back-off is capped, however many tries', () => {
    expect(retryDelayMs(30_000, 10, 0)).toBe(900_000);
    expect(retryDelayMs(30_000, 5_000, 0.999)).toBeLessThanOrEqual(900_000 * 1.25);
  });

  test('the back-off is spread by up to a quarter, so that those that failed together do not come back together', () => {
    expect(retryDelayMs(10_000, 1, 0)).toBe(10_000);
    expect(retryDelayMs(10_000, 1, 0.5)).toBe(11_250);
    expect(retryDelayMs(10_000, 1, 0.999)).toBe(12_498);
  });

  test('the back-off lasts until its end, and never seems longer than the longest, as after the clock was set back', () => {
    const now = '2026-03-01T12:00:00.000Z';
    const inMs = (ms: number) => new Date(Date.parse(now) + ms).toISOString();
    const longest = retryDelayMs(30_000, 5_000, 0.999_999_999);
    for (const ms of [1, 2_000, longest]) expect(waitsUntil(inMs(ms), now), `${ms}`).toBe(inMs(ms));
    for (const ms of [0, -1, longest + 1, 24 * 3_600_000])
      expect(waitsUntil(inMs(ms), now), `${ms}`).toBeUndefined();
    expect(waitsUntil(null, now)).toBeUndefined();
  });

  test('the back-off of zero stays zero', () => {
    expect(retryDelayMs(0, 7, 0.9)).toBe(0);
  });
});
