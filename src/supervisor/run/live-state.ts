import { recordLive } from '../../bridge/runs.ts';
import { EMPTY_LIVE_STATE, type LiveState, type Run } from '../../project/run.ts';
import type { Context } from '../context.ts';
import { ignoreTransient } from '../transient.ts';

const EVERY_MS = 500;

/** Keeps what a run is doing now up to date in the store. */
export class LiveDisplay {
  readonly #context: Context;
  readonly #run: Run;
  #shown: LiveState = EMPTY_LIVE_STATE;
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor(context: Context, run: Run) {
    this.#context = context;
    this.#run = run;
  }

  /**
   * Stores `live`, unless readers would see no difference or the last write was less than EVERY_MS ago. Throws
   * LeaseLost.
   */
  async show(live: LiveState): Promise<void> {
    const { clock, lease } = this.#context;
    const now = clock.monotonic();
    if (sameToReaders(live, this.#shown) || now - this.#shownAt < EVERY_MS) return;
    this.#shown = live;
    this.#shownAt = now;
    await ignoreTransient(recordLive(lease, this.#run, live));
  }
}

/**
 * A new `lastSignAt` alone does not justify a write for each line: it is stored with the next change, or once a minute.
 */
function sameToReaders(a: LiveState, b: LiveState): boolean {
  const sameMinute = a.lastSignAt?.slice(0, 16) === b.lastSignAt?.slice(0, 16);
  return sameMinute && a.currentTool === b.currentTool && a.turns === b.turns && a.todosDone === b.todosDone;
}
