/**
 * Removes the output of runs: some time after their project was closed, or earlier when all output takes too much
 * space, oldest first; and worktrees in which nothing is left to lose. Nothing of an open project is removed. The store
 * keeps what it knows of each run. Of the channels and the shared memory it removes what is beyond their limits: their tools do
 * so as they write, but the HTTP API and the commands of the person do not.
 */
import { finishedRuns, recordRemoval } from '../../bridge/run-output.ts';
import { tidyChannels } from '../../bridge/tidy-channels.ts';
import { tidyMemory } from '../../bridge/tidy-memory.ts';
import { channelLimits, memoryLimits } from '../../config-channels.ts';
import type { Context } from '../context.ts';
import { retryTransient } from '../transient.ts';
import { removeOldWorktrees } from './old-worktrees.ts';
import { bytesOf, chooseArtifacts, listArtifacts, removeArtifacts } from './run-artifacts.ts';
import type { Upkeep } from './upkeep.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LEAP_MS = 60_000;

/** Runs at the start and then once a day. */
export class Retention implements Upkeep {
  readonly #context: Context;
  readonly #removed: () => void;
  /** In monotonic milliseconds, both. */
  #ranAt = Number.NEGATIVE_INFINITY;
  #leaptAt = Number.NEGATIVE_INFINITY;
  /** By how much the wall clock was ahead of the monotonic clock at the last tick. */
  #ahead: number | undefined;

  /** @param removed Called after output was removed. */
  constructor(context: Context, removed: () => void) {
    this.#context = context;
    this.#removed = removed;
  }

  /** Removes what is due. Throws StoreError and LeaseLost. */
  async tick(): Promise<void> {
    if (!this.#isDue()) return;
    this.#ranAt = this.#context.clock.monotonic();
    await this.#removeOld();
    await removeOldWorktrees(this.#context, this.#daysAgo(this.#context.config.keep_worktrees_days));
    await this.#tidyShared();
  }

  async #tidyShared(): Promise<void> {
    const { bridge, config } = this.#context;
    await retryTransient(this.#context, () => tidyChannels(bridge, channelLimits(config.channels)));
    await retryTransient(this.#context, () => tidyMemory(bridge, memoryLimits(config.memory)));
  }

  #daysAgo(days: number): string {
    return new Date(this.#context.clock.now().getTime() - days * DAY_MS).toISOString();
  }

  async close(): Promise<void> {
    // Nothing to wait for: the next start removes the rest.
  }

  /**
   * Whether a day has passed. A wall clock that was just set forward makes everything look old, so an hour remains to
   * correct it.
   */
  #isDue(): boolean {
    const { clock } = this.#context;
    const now = clock.monotonic();
    const ahead = clock.now().getTime() - now;
    if (this.#ahead !== undefined && Math.abs(ahead - this.#ahead) > LEAP_MS) this.#leaptAt = now;
    this.#ahead = ahead;
    return now - this.#ranAt >= DAY_MS && now - this.#leaptAt >= HOUR_MS;
  }

  async #removeOld(): Promise<void> {
    const { bridge, config, log, lease } = this.#context;
    const artifacts = await listArtifacts(bridge.stateDir).catch((error: Error) => {
      log.warn('runs.unreadable', {}, error.message);
      return [];
    });
    const ids = [...new Set(artifacts.map(({ runId }) => runId))];
    const finished = await retryTransient(this.#context, () => finishedRuns(bridge, ids));
    const limits = {
      before: this.#daysAgo(config.keep_runs_days),
      bytes: config.keep_runs_mb * 1e6,
    };
    const { removed, failed } = await removeArtifacts(chooseArtifacts(artifacts, finished, limits));
    for (const { path, message } of failed) log.warn('runs.output_stuck', { path }, message);
    const output = removed.filter(({ kind }) => kind === 'output');
    if (output.length === 0) return;
    const removal = {
      runs: new Set(output.map(({ runId }) => runId)).size,
      files: output.length,
      mb: Math.round(bytesOf(output) / 1e5) / 10,
    };
    await retryTransient(this.#context, () => recordRemoval(lease, removal));
    this.#removed();
  }
}
