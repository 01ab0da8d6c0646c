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

/** How much of them is sent at a time: more is queued for no client. */
const MAX_PIECE_LENGTH = 64 * 1024;

/** One event as a stream sends it. */
interface Frame {
  readonly cursor: Cursor;
  readonly text: string;
}

/** Some events that follow each other, as a stream sends them; no text: there is none yet. */
export interface Piece {
  /** Where it ends. */
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
  readonly #listeners = new Set<() => void>();
  /** Right before the first frame. */
  #before: Cursor | undefined;
  #reading: Promise<void> | undefined;
  /** What was asked for last, until there is more: most streams are at the same place. */
  #asked: { readonly position: Cursor; readonly piece: Piece } | undefined;
  #newsSoFar = 0;
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
      this.#asked = undefined;
      this.#hooks.onFailure(error);
    });
  }

  /** Resolves when there is news that came after this was asked for. Ask before looking. */
  get news(): Promise<void> {
    return this.#news.promise;
  }

  /** Calls `listener` whenever there is news, in the turn in which it is read. Returns what ends that. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** How often there was news: another number than before says that `atHand` may know more. */
  get newsSoFar(): number {
    return this.#newsSoFar;
  }

  /** What follows `position`; undefined when that is not at hand, but in the table or yet to be read. */
  atHand(position: Cursor): Piece | undefined {
    if (this.#asked?.position === position) return this.#asked.piece;
    const at = this.#frames.findLastIndex(({ cursor }) => cursor === position);
    if (at < 0 && position !== this.#before) return undefined;
    const piece = pieceOf(this.#frames, at + 1, position);
    this.#asked = { position, piece };
    return piece;
  }

  /** What follows `position` in the table. Throws StoreError. */
  async inTable(position: Cursor): Promise<Piece> {
    const frames = toFrames(await changesSince(this.#bridge, position, { waitMs: 0, limit: BATCH }));
    return pieceOf(frames, 0, position);
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
    this.#asked = undefined;
  }

  #tell(): void {
    this.#newsSoFar += 1;
    const { resolve } = this.#news;
    this.#news = Promise.withResolvers();
    for (const listener of this.#listeners) listener();
    resolve();
  }
}

/** From the frame at this index on; `before` is where that begins. */
function pieceOf(frames: readonly Frame[], from: number, before: Cursor): Piece {
  let cursor = before;
  let text = '';
  for (let index = from; index < frames.length && text.length < MAX_PIECE_LENGTH; index += 1) {
    const frame = frames[index];
    cursor = frame?.cursor ?? cursor;
    text += frame?.text ?? '';
  }
  return { cursor, text };
}

/** JSON has no line break of its own. */
function toFrames({ events }: Changes): Frame[] {
  return events.map(({ cursor, ...event }) => ({
    cursor,
    text: `id: ${cursor}\ndata: ${JSON.stringify(toWireEvent(event))}\n\n`,
  }));
}
