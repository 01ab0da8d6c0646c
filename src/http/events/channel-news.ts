/**
 * That something was sent into a channel, or is gone, for every stream of the history: one reader of the store for everybody.
 * What was sent each client asks for itself.
 */
import { type Bridge, isTransientStoreError } from '../../bridge/bridge.ts';
import { keptMessages } from '../../bridge/follow-channel.ts';
import type { Clock } from '../../clock.ts';

const WAIT_MS = 30_000;
const RETRY_MS = 1_000;

/** The numbers of the oldest and of the newest message of all channels; null: there is none. */
type Kept = Awaited<ReturnType<typeof keptMessages>>;

export class ChannelNews {
  readonly #bridge: Bridge;
  readonly #clock: Clock;
  readonly #onFailure: (error: unknown) => void;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<(kept: Kept) => void>();
  #kept: Kept = { oldest: null, newest: null };
  #reading: Promise<void> | undefined;

  /** @param onFailure The store cannot be read: nothing is told any more, until somebody starts it again. */
  constructor(bridge: Bridge, clock: Clock, onFailure: (error: unknown) => void) {
    this.#bridge = bridge;
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  /** Begins to read, at the first call and after a failure. Throws StoreError. */
  async start(): Promise<void> {
    if (this.#reading !== undefined) return;
    const kept = await keptMessages(this.#bridge);
    // Another call may have been first meanwhile.
    if (this.#reading !== undefined) return;
    this.#kept = kept;
    this.#reading = this.#read().catch((error: unknown) => {
      this.#reading = undefined;
      this.#onFailure(error);
    });
  }

  /** Another object whenever they are others. */
  get kept(): Kept {
    return this.#kept;
  }

  /** Calls `listener` whenever they are others than before, at first than `known`. Returns what ends that. */
  listen(known: Kept, listener: (kept: Kept) => void): () => void {
    this.#listeners.add(listener);
    if (this.#kept !== known) listener(this.#kept);
    return () => this.#listeners.delete(listener);
  }

  /** Ends the reader. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#reading;
  }

  async #read(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const { oldest, newest } = await this.#next();
      if (oldest === this.#kept.oldest && newest === this.#kept.newest) continue;
      this.#kept = { oldest, newest };
      for (const listener of this.#listeners) listener(this.#kept);
    }
  }

  /** A store that cannot answer is asked again. */
  async #next(): Promise<Kept> {
    const { signal } = this.#closing;
    try {
      return await keptMessages(this.#bridge, { than: this.#kept, waitMs: WAIT_MS, signal });
    } catch (error) {
      if (!isTransientStoreError(error)) throw error;
      await this.#clock.sleep(RETRY_MS, signal);
      return this.#kept;
    }
  }
}
