/**
 * How long the output of runs is kept. What Claude wrote is removed some time after its project was closed, or earlier
 * when all of it takes too much room, oldest first; never that of open work. What the store knows of a run stays.
 */
import { recordRemoval, spentRuns } from '../../bridge/run-output.ts';
import type { Context } from '../context.ts';
import { patiently } from '../patience.ts';
import { chooseFiles, leftFiles, removeFiles, sumOf } from './run-artifacts.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LEAP_MS = 60_000;

export class Retention {
  readonly #context: Context;
  readonly #removed: () => void;
  /** All in monotonic milliseconds. */
  #ranAt = Number.NEGATIVE_INFINITY;
  #leaptAt = Number.NEGATIVE_INFINITY;
  /** What the wall clock was ahead of the monotonic one. */
  #ahead: number | undefined;

  /** @param removed Called when something was removed. */
  constructor(context: Context, removed: () => void) {
    this.#context = context;
    this.#removed = removed;
  }

  /** To be called often: does its work at the start, and then once a day. */
  async tend(): Promise<void> {
    if (!this.#isDue()) return;
    this.#ranAt = this.#context.clock.monotonic();
    await this.#tidy();
  }

  /** A wall clock that was just set forward makes everything look old: whoever set it has an hour to put it right. */
  #isDue(): boolean {
    const { clock } = this.#context;
    const now = clock.monotonic();
    const ahead = clock.now().getTime() - now;
    if (this.#ahead !== undefined && Math.abs(ahead - this.#ahead) > LEAP_MS) this.#leaptAt = now;
    this.#ahead = ahead;
    return now - this.#ranAt >= DAY_MS && now - this.#leaptAt >= HOUR_MS;
  }

  async #tidy(): Promise<void> {
    const { bridge, clock, config, log, lease } = this.#context;
    const left = await leftFiles(bridge.home).catch((error: Error) => {
      log.warn('runs.unreadable', {}, error.message);
      return [];
    });
    const ids = [...new Set(left.map(({ runId }) => runId))];
    const spent = await patiently(this.#context, () => spentRuns(bridge, ids));
    const limits = {
      before: new Date(clock.now().getTime() - config.keep_runs_days * DAY_MS).toISOString(),
      bytes: config.keep_runs_mb * 1e6,
    };
    const { removed, failed } = await removeFiles(chooseFiles(left, spent, limits));
    for (const { path, message } of failed) log.warn('runs.output_stuck', { path }, message);
    const output = removed.filter(({ kind }) => kind === 'output');
    if (output.length === 0) return;
    const removal = {
      runs: new Set(output.map(({ runId }) => runId)).size,
      files: output.length,
      mb: Math.round(sumOf(output) / 1e5) / 10,
    };
    await patiently(this.#context, () => recordRemoval(lease, removal));
    this.#removed();
  }
}
