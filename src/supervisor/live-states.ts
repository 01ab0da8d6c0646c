/** What the runs under way are doing, kept up to date in the store for whoever looks. */
import { recordLive } from '../bridge/runs.ts';
import type { RunId } from '../project/ids.ts';
import { EMPTY_LIVE_STATE, type LiveState } from '../project/run.ts';
import type { Context } from './context.ts';
import { ignoreTransient } from './transient.ts';

const WRITE_EVERY_MS = 500;

/** Writes what all runs are doing together, and no sooner than WRITE_EVERY_MS after the write before. */
export class LiveStates {
  readonly #context: Pick<Context, 'clock' | 'lease'>;
  readonly #runInBackground: (work: Promise<unknown>) => void;
  readonly #written: () => void;
  readonly #shown = new Map<RunId, LiveState>();
  #due = new Map<RunId, LiveState>();
  #writing = false;
  #wait = new AbortController();
  #writtenAt = -WRITE_EVERY_MS;

  /**
   * @param runInBackground Takes the writes; one fails with LeaseLost, or a StoreError that does not pass.
   * @param written Called when the store knows more.
   */
  constructor(
    context: Pick<Context, 'clock' | 'lease'>,
    runInBackground: (work: Promise<unknown>) => void,
    written: () => void = () => {},
  ) {
    this.#context = context;
    this.#runInBackground = runInBackground;
    this.#written = written;
  }

  /** Stores what a run is doing, soon, unless readers would see no difference. */
  show(run: RunId, live: LiveState): void {
    if (sameToReaders(live, this.#shown.get(run) ?? EMPTY_LIVE_STATE)) return;
    this.#shown.set(run, live);
    this.#due.set(run, live);
    if (!this.#writing) this.#runInBackground(this.#write());
  }

  /** Call it when a run has ended. */
  forget(run: RunId): void {
    this.#shown.delete(run);
    this.#due.delete(run);
    if (this.#due.size === 0) this.#wait.abort();
  }

  async #write(): Promise<void> {
    const { clock, lease } = this.#context;
    this.#writing = true;
    try {
      while (this.#due.size > 0) {
        this.#wait = new AbortController();
        await clock.sleep(this.#writtenAt + WRITE_EVERY_MS - clock.monotonic(), this.#wait.signal);
        this.#writtenAt = clock.monotonic();
        const due = this.#due;
        this.#due = new Map();
        await ignoreTransient(recordLive(lease, due));
        this.#written();
      }
    } finally {
      this.#writing = false;
    }
  }
}

/**
 * A new `lastSignAt` alone does not justify a write for each line: it is stored with the next change, or once a minute.
 */
function sameToReaders(a: LiveState, b: LiveState): boolean {
  const sameMinute = a.lastSignAt?.slice(0, 16) === b.lastSignAt?.slice(0, 16);
  return (
    sameMinute &&
    a.currentTool === b.currentTool &&
    a.turns === b.turns &&
    a.todosDone === b.todosDone &&
    a.costUsd === b.costUsd
  );
}
