/**
 * That something was sent into a channel, or all is gone, for every stream of the history: one reader of the store for
 * everybody. What was sent each client asks for itself.
 */
import { type Bridge, isTransientStoreError } from '../../bridge/bridge.ts';
import { newestMessage } from '../../bridge/follow-channel.ts';
import type { Clock } from '../../clock.ts';

const WAIT_MS = 30_000;
const RETRY_MS = 1_000;

/** The number of the newest message of all channels; null: there is none. */
export type Newest = number | null;

export class ChannelNews {
  readonly #bridge: Bridge;
  readonly #clock: Clock;
  readonly #onFailure: (error: unknown) => void;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<(newest: Newest) => void>();
  #newest: Newest = null;
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
    const newest = await newestMessage(this.#bridge);
    // Another call may have been first meanwhile.
    if (this.#reading !== undefined) return;
    this.#newest = newest;
    this.#reading = this.#read().catch((error: unknown) => {
      this.#reading = undefined;
      this.#onFailure(error);
    });
  }

  get newest(): Newest {
    return this.#newest;
  }

  /** Calls `listener` whenever it is another one than before, at first than `known`. Returns what ends that. */
  listen(known: Newest, listener: (newest: Newest) => void): () => void {
    this.#listeners.add(listener);
    if (this.#newest !== known) listener(this.#newest);
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
      const newest = await this.#next();
      if (newest === this.#newest) continue;
      this.#newest = newest;
      for (const listener of this.#listeners) listener(newest);
    }
  }

  /** A store that cannot answer is asked again. */
  async #next(): Promise<Newest> {
    const { signal } = this.#closing;
    try {
      return await newestMessage(this.#bridge, { other: this.#newest, waitMs: WAIT_MS, signal });
    } catch (error) {
      if (!isTransientStoreError(error)) throw error;
      await this.#clock.sleep(RETRY_MS, signal);
      return this.#newest;
    }
  }
}
