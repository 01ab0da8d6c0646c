/** A call that waits for a person, while the store cannot answer. */
import { describe, expect, test } from 'vitest';
import { isTransientStoreError } from '../../src/bridge/bridge.ts';
import type { Clock } from '../../src/clock.ts';
import { untilDecided } from '../../src/mcp/code/until-decided.ts';
import { asProjectId, asRequestId } from '../../src/project/ids.ts';
import { StoreError } from '../../src/store/store-error.ts';

const WAIT_MS = 1_000;
const LOCKED = new StoreError('busy', 'the store is locked');

/** Its time passes as it sleeps. */
function sleepingClock(): Clock {
  let passed = 0;
  const sleep = async (ms: number) => {
    passed += ms;
  };
  return {
    now: () => new Date(passed),
    monotonic: () => passed,
    sleep,
    sleepUntil: async (time) => sleep(time.getTime() - passed),
  };
}

/** A call that waits, and then meets `errors` one by one before it is put off. */
function waiting(errors: (looks: number) => Error | undefined) {
  const clock = sleepingClock();
  const verbs = {
    isPassing: isTransientStoreError,
    currentCursor: async () => '' as never,
    changesSince: async (_: unknown, { waitMs }: { readonly waitMs: number }) => {
      await clock.sleep(waitMs);
      return { cursor: '' as never, events: [] };
    },
  };
  let looks = 0;
  const { signal } = new AbortController();
  const answer = untilDecided(asProjectId('aaaaaaaaaaaa'), { verbs, clock, signal }, WAIT_MS, async () => {
    looks += 1;
    const error = looks > 2 ? errors(looks - 2) : undefined;
    if (error) throw error;
    return looks > 2
      ? ({ kind: 'defer' } as const)
      : { kind: 'wait', until: new Date(WAIT_MS).toISOString(), requestId: asRequestId('bbbbbbbbbbbb') };
  });
  return { answer, clock };
}

describe('a call that waits for a person', () => {
  test('a store that is locked for half a minute as the wait ends is waited for, and the call is put off', async () => {
    const { answer, clock } = waiting((n) => (n <= 60 ? LOCKED : undefined));
    expect(await answer).toEqual({ kind: 'defer' });
    expect(clock.monotonic()).toBe(WAIT_MS + 30_000);
  });

  test('a store that stays locked fails the call before Claude Code gives it up', async () => {
    const { answer, clock } = waiting(() => LOCKED);
    await expect(answer).rejects.toBe(LOCKED);
    expect(clock.monotonic()).toBeLessThan(WAIT_MS + 60_000);
  });

  test('a store that is damaged fails the call at once', async () => {
    const damaged = new StoreError('corrupt', 'the store is damaged');
    const { answer, clock } = waiting(() => damaged);
    await expect(answer).rejects.toBe(damaged);
    expect(clock.monotonic()).toBe(WAIT_MS);
  });
});
