/** What the runs under way are doing, kept up to date in the store for whoever looks. */
import { recordLive } from '../bridge/runs.ts';
import type { RunId } from '../project/ids.ts';
import { EMPTY_LIVE_STATE, type LiveState } from '../project/run.ts';
import type { Context } from './context.ts';
import { ignoreTransient } from './transient.ts';

const WRITE_EVERY_MS = 500;

/** Writes what all runs are doing together, and no sooner than WRITE_EVERY_MS after the write before, unless it is urgent. */
export class LiveStates {
  readonly #context: Pick<Context, 'clock' | 'lease'>;
  readonly #runInBackground: (work: Promise<unknown>) => void;
  readonly #written: () => void;
  readonly #isCostUrgent: boolean;
  readonly #shown = new Map<RunId, LiveState>();
  #due = new Map<RunId, LiveState>();
  #writing = false;
  #urgent = false;
  #wait = new AbortController();
  #writtenAt = -WRITE_EVERY_MS;

  /**
   * @param runInBackground Takes the writes; one fails with LeaseLost, or a StoreError that does not pass.
   * @param written Called when the store knows more.
   * @param isCostUrgent Whether a cost that has changed is written without a wait.
   */
  constructor(
    context: Pick<Context, 'clock' | 'lease'>,
    runInBackground: (work: Promise<unknown>) => void,
    written: () => void = () => {},
    isCostUrgent = false,
  ) {
    this.#context = context;
    this.#runInBackground = runInBackground;
    this.#written = written;
    this.#isCostUrgent = isCostUrgent;
  }

  /** Stores what a run is doing, soon, unless readers would see no difference. */
  show(run: RunId, live: LiveState): void {
    const before = this.#shown.get(run) ?? EMPTY_LIVE_STATE;
    if (sameToReaders(live, before)) return;
    this.#shown.set(run, live);
    this.#due.set(run, live);
    if (this.#isCostUrgent && live.costUsd !== before.costUsd) {
      this.#urgent = true;
      this.#wait.abort();
    }
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
        const waitMs = this.#urgent ? 0 : this.#writtenAt + WRITE_EVERY_MS - clock.monotonic();
        await clock.sleep(waitMs, this.#wait.signal);
        this.#urgent = false;
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
    a.todosTotal === b.todosTotal &&
    a.currentTodo === b.currentTodo &&
    a.costUsd === b.costUsd
  );
}
