import { recordLive } from '../../bridge/runs.ts';
import { EMPTY_LIVE_STATE, type LiveState, type Run } from '../../project/run.ts';
import type { Context } from '../context.ts';
import { ignoreTransient } from '../transient.ts';

const EVERY_MS = 500;

/** What a run is doing now, kept up in the store for whoever looks. */
export class LiveDisplay {
  readonly #context: Context;
  readonly #run: Run;
  #shown: LiveState = EMPTY_LIVE_STATE;
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor(context: Context, run: Run) {
    this.#context = context;
    this.#run = run;
  }

  /** Stores it, unless that is unchanged or was stored a moment ago. */
  async show(live: LiveState): Promise<void> {
    const { clock, lease } = this.#context;
    const now = clock.monotonic();
    if (sameToReaders(live, this.#shown) || now - this.#shownAt < EVERY_MS) return;
    this.#shown = live;
    this.#shownAt = now;
    await ignoreTransient(recordLive(lease, this.#run, live));
  }
}

/** The time of the last sign alone is not worth a write each line: it is stored with the next change, or each minute. */
function sameToReaders(a: LiveState, b: LiveState): boolean {
  const sameMinute = a.lastSignAt?.slice(0, 16) === b.lastSignAt?.slice(0, 16);
  return sameMinute && a.currentTool === b.currentTool && a.turns === b.turns && a.todosDone === b.todosDone;
}
