/**
 * The history as all streams read it: one reader of the store for everybody, which keeps the newest events at hand. A stream
 * that is further behind reads the table for itself, so nothing is kept for a client.
 */
import { type Bridge, isTransientStoreError } from '../../bridge/bridge.ts';
import { type Changes, type Cursor, changesSince, currentCursor } from '../../bridge/changes.ts';
import type { Clock } from '../../clock.ts';
import { toWireEvent } from '../../wire/event.ts';

/** How many events are kept at hand. */
const MAX_FRAMES = 1_000;
const BATCH = 200;
const WAIT_MS = 30_000;
const RETRY_MS = 1_000;

/** One event as a stream sends it. */
export interface Frame {
  readonly cursor: Cursor;
  readonly text: string;
}

export interface FeedHooks {
  /** A token was made, replaced or revoked. */
  onCredentials(): void;
  /** The history cannot be read: no event comes any more, until somebody starts it again. */
  onFailure(error: unknown): void;
}

export class EventFeed {
  readonly #bridge: Bridge;
  readonly #clock: Clock;
  readonly #hooks: FeedHooks;
  readonly #closing = new AbortController();
  readonly #frames: Frame[] = [];
  /** Right before the first frame. */
  #before: Cursor | undefined;
  #reading: Promise<void> | undefined;
  #news = Promise.withResolvers<void>();

  constructor(bridge: Bridge, clock: Clock, hooks: FeedHooks) {
    this.#bridge = bridge;
    this.#clock = clock;
    this.#hooks = hooks;
  }

  /** Begins to read, at the first call and after a failure. Throws StoreError. */
  async start(): Promise<void> {
    if (this.#reading !== undefined) return;
    const cursor = await currentCursor(this.#bridge);
    // Another call may have been first meanwhile.
    if (this.#reading !== undefined) return;
    this.#before = cursor;
    this.#reading = this.#read(cursor).catch((error: unknown) => {
      this.#reading = undefined;
      this.#before = undefined;
      this.#frames.length = 0;
      this.#hooks.onFailure(error);
    });
  }

  /** Resolves when there is news that came after this was asked for. Ask before looking with `after`. */
  get news(): Promise<void> {
    return this.#news.promise;
  }

  /** What follows `position`, oldest first; none: nothing yet. */
  async after(position: Cursor): Promise<readonly Frame[]> {
    if (position === this.#before) return this.#frames.slice(0, BATCH);
    const at = this.#frames.findLastIndex(({ cursor }) => cursor === position);
    if (at >= 0) return this.#frames.slice(at + 1, at + 1 + BATCH);
    return toFrames(await changesSince(this.#bridge, position, { waitMs: 0, limit: BATCH }));
  }

  /** Ends the reader. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#tell();
    await this.#reading;
  }

  async #read(from: Cursor): Promise<void> {
    const { signal } = this.#closing;
    let cursor = from;
    while (!signal.aborted) {
      const changes = await this.#changesAfter(cursor);
      cursor = changes.cursor;
      if (changes.events.length === 0) continue;
      this.#keep(toFrames(changes));
      if (changes.events.some(({ type }) => type.startsWith('credential.'))) this.#hooks.onCredentials();
      this.#tell();
    }
  }

  /** A store that cannot answer is asked again: the streams stay open meanwhile. */
  async #changesAfter(cursor: Cursor): Promise<Changes> {
    const { signal } = this.#closing;
    try {
      return await changesSince(this.#bridge, cursor, { waitMs: WAIT_MS, limit: BATCH, signal });
    } catch (error) {
      if (!isTransientStoreError(error)) throw error;
      await this.#clock.sleep(RETRY_MS, signal);
      return { cursor, events: [] };
    }
  }

  #keep(frames: readonly Frame[]): void {
    this.#frames.push(...frames);
    const dropped = this.#frames.splice(0, Math.max(0, this.#frames.length - MAX_FRAMES));
    this.#before = dropped.at(-1)?.cursor ?? this.#before;
  }

  #tell(): void {
    const { resolve } = this.#news;
    this.#news = Promise.withResolvers();
    resolve();
  }
}

/** JSON has no line break of its own. */
function toFrames({ events }: Changes): Frame[] {
  return events.map(({ cursor, ...event }) => ({
    cursor,
    text: `id: ${cursor}\ndata: ${JSON.stringify(toWireEvent(event))}\n\n`,
  }));
}
