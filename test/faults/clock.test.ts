/**
 * The time of day jumps under a supervisor with a run under way. Nobody may set this machine's clock for a test, so the
 * supervisor works in this process and is given one that jumps; Claude's part is played by a real process.
 */

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { steer } from '../../src/bridge/control.ts';
import { currentHolds } from '../../src/bridge/holds.ts';
import { currentLease } from '../../src/bridge/lease.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { openLog } from '../../src/log.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import { runSupervisor } from '../../src/supervisor/supervisor.ts';
import { type Rig, waitUntil } from '../e2e/rig.ts';
import { emit, exit, init, result, say, submit, wait, work } from './puppet.ts';
import { test } from './rig.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The machine's time, and a time of day that a test sets forward or back. */
class JumpingClock implements Clock {
  #offsetMs = 0;

  monotonic = systemClock.monotonic;
  sleep = systemClock.sleep;

  now(): Date {
    return new Date(Date.now() + this.#offsetMs);
  }

  jump(ms: number): void {
    this.#offsetMs += ms;
  }

  async sleepUntil(time: Date, signal?: AbortSignal): Promise<void> {
    // In shorter steps than the real one, so that a jump is noticed soon.
    while (this.now() < time && !signal?.aborted)
      await delay(
        Math.min(time.getTime() - this.now().getTime(), 50),
        undefined,
        signal ? { signal } : {},
      ).catch(() => undefined);
  }
}

describe.for([
  ['forward by a day', DAY],
  ['back by a day', -DAY],
  ['forward by an hour, as in spring', HOUR],
  ['back by an hour, as in autumn', -HOUR],
] as const)('the clock jumps %s', ([, ms]) => {
  test('a run survives a jump of the clock: it is neither ended nor repeated, the supervisor keeps its lease, and work goes on', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays([init(), wait('jump'), say('Still here'), wait('seen'), submit(), result()], work);
    await withSupervisor(rig, async (clock) => {
      const id = await rig.send('# Timeless\nDo it.');
      await puppet.reached('jump');
      await rig.happened('run.ready', id);
      clock.jump(ms);
      await puppet.open('jump');
      await puppet.reached('seen');
      await lookedAround(rig, id);
      expect((await puppet.living()).length).toBe(1);
      await puppet.open('seen');
      await rig.until(id, 'awaiting_approval');
      await rig.happened('run.ended', id);
      const { runs } = await rig.details(id);
      expect(runs.map(({ outcome }) => outcome?.kind)).toEqual(['submitted']);
      const next = await rig.send('# After the jump\nDo it.');
      await rig.until(next, 'awaiting_approval');
      expect((await currentLease(rig.bridge))?.pid).toBe(process.pid);
    });
  });
});

describe('usage limit', () => {
  test('a usage limit’s reset passed in one jump, as by a night of suspend, is tried at once and not before', async ({
    rig,
    puppet,
  }) => {
    const resetsAt = Math.ceil(Date.now() / 1000) + 8 * 3_600;
    const rate_limit_info = { status: 'rejected', resetsAt, rateLimitType: 'five_hour' };
    const limited = [
      init(),
      emit({ type: 'rate_limit_event', rate_limit_info }),
      say('Limit', 'rate_limit'),
      exit(1),
    ];
    await puppet.plays(limited, work);
    await withSupervisor(rig, async (clock) => {
      const id = await rig.send('# Asleep\nDo it.');
      await rig.happened('run.ended', id);
      clock.jump(7 * HOUR);
      await lookedAround(rig, id);
      expect((await rig.details(id)).runs.length).toBe(1);
      expect(await currentHolds(rig.bridge)).toMatchObject([{ kind: 'usage_limit' }]);
      clock.jump(2 * HOUR);
      await rig.until(id, 'awaiting_approval');
      await rig.noHolds();
    });
  });
});

/** A supervisor in this process, until `work` is done. */
async function withSupervisor(rig: Rig, work: (clock: JumpingClock) => Promise<void>): Promise<void> {
  const clock = new JumpingClock();
  const stop = new AbortController();
  const log = openLog({ path: `${rig.home}/loop.log`, clock });
  const config = loadConfig(rig.home, rig.environment);
  const selfCommand = [process.execPath, cli];
  const env = rig.environment;
  const options = {
    stateDir: rig.home,
    config,
    env,
    clock,
    log,
    degradedReason: () => null,
    selfCommand,
    signal: stop.signal,
  };
  const ended = runSupervisor(options);
  ended.catch(() => undefined);
  try {
    await Promise.race([
      work(clock),
      ended.then((end) => Promise.reject(new Error(`it ended: ${end.kind}`))),
    ]);
  } finally {
    stop.abort();
    await ended.catch(() => undefined);
    await log.close();
  }
  expect(await ended).toEqual({ kind: 'stopped' });
}

/** Waits until the supervisor has looked at the queue and its holds, after a change that was made just now. */
async function lookedAround(rig: Rig, id: ProjectId): Promise<void> {
  const word = `word ${randomUUID()}`;
  await steer(rig.bridge, id, word, 'desktop');
  await waitUntil(async () => (await rig.log()).includes(word), 'the supervisor to look');
}
