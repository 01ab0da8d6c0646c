/**
 * A supervisor whose time of day jumps. Nobody may set this machine's clock for a test, so it works in this process and is
 * given one that jumps.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Clock, systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { openLog } from '../../src/log.ts';
import { runSupervisor } from '../../src/supervisor/supervisor.ts';
import { PROGRAM } from '../built.ts';
import type { Rig } from '../e2e/rig.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** A supervisor in this process, until `work` is done. Its clock begins `aheadMs` ahead of the machine's. */
export async function withSupervisor(
  rig: Rig,
  work: (clock: JumpingClock) => Promise<void>,
  aheadMs = 0,
): Promise<void> {
  const clock = new JumpingClock();
  clock.jump(aheadMs);
  const stop = new AbortController();
  const log = openLog({ path: `${rig.home}/loop.log`, clock });
  const config = loadConfig(rig.home, rig.environment);
  const selfCommand = [process.execPath, PROGRAM];
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
  const sendNotice = async () => ({ kind: 'sent', receipt: null }) as const;
  const ended = runSupervisor({ ...options, sendNotice });
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

/** The machine's time, and a time of day that a test sets forward or back. */
export class JumpingClock implements Clock {
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
