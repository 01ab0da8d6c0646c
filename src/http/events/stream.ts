/** One client that follows something: server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../clock.ts';
import { COMMON_HEADERS } from '../respond.ts';

const BEAT_MS = 15_000;
/** A client that takes nothing for so long is gone, or wants nothing. */
const MAX_STALL_MS = 60_000;
const MAX_BYE_MS = 1_000;

export interface StreamOptions {
  readonly clock: Clock;
  /** Whether whoever opened it may still read. */
  mayRead(): Promise<boolean>;
  /** Writes what is followed, until there is no more or the stream is closed. */
  follow(stream: EventStream): Promise<void>;
}

export class EventStream {
  readonly #options: StreamOptions;
  readonly #out: ServerResponse;
  readonly #closed = new AbortController();
  /** Resolves when nothing is read or written for this client any more. */
  readonly ended: Promise<void>;

  constructor(out: ServerResponse, options: StreamOptions) {
    this.#options = options;
    this.#out = out;
    out.once('close', () => this.#closed.abort());
    // Of a client that went away in the middle of a write; `close` follows.
    out.on('error', () => undefined);
    out.writeHead(200, { ...COMMON_HEADERS, 'Content-Type': 'text/event-stream; charset=utf-8' });
    out.write('retry: 1000\n\n');
    // What is followed cannot be read: the client comes again, and is told why.
    const orDestroy = (work: Promise<void>) => work.catch(() => void out.destroy());
    const following = orDestroy(options.follow(this)).then(() => this.#finish());
    this.ended = Promise.all([following, orDestroy(this.#beat())]).then(() => undefined);
  }

  /** Aborts when the client is gone, or the stream has ended. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Writes a named frame. */
  tell(event: string, data: Readonly<Record<string, unknown>>): void {
    this.#out.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Writes whole frames as soon as the client has room for them, and waits until it has room for more. */
  async write(frames: string): Promise<void> {
    if (this.#out.writableNeedDrain) await this.#drained();
    if (!this.#closed.signal.aborted && !this.offer(frames)) await this.#drained();
  }

  /** Writes whole frames. Returns whether the client has room for more. */
  offer(frames: string): boolean {
    return this.#out.write(frames);
  }

  /** Waits for `work`, or until the stream is closed. */
  async unlessClosed(work: Promise<unknown>): Promise<void> {
    const { signal } = this.#closed;
    const done = new AbortController();
    const closed = once(signal, 'abort', { signal: done.signal }).catch(() => undefined);
    await Promise.race([work, signal.aborted ? undefined : closed]);
    done.abort();
  }

  /** Ends it at once when whoever opened it may read no more. */
  async recheck(): Promise<void> {
    if (!(await this.#options.mayRead())) this.end('revoked');
  }

  /** Tells the client why, and ends. What it has not taken yet is not waited for. */
  end(reason: 'revoked' | 'stopping' | 'failed'): void {
    if (this.#closed.signal.aborted) return;
    this.tell('bye', { reason });
    this.#finish();
  }

  #finish(): void {
    if (this.#closed.signal.aborted) return;
    this.#out.end();
    this.#closed.abort();
    // One that takes nothing would hold the connection.
    void this.#options.clock.sleep(MAX_BYE_MS).then(() => this.#out.destroy());
  }

  async #beat(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#closed;
    for (;;) {
      await clock.sleep(BEAT_MS, signal);
      if (signal.aborted) return;
      await this.recheck();
      if (!signal.aborted && !this.#out.writableNeedDrain) this.#out.write(': beat\n\n');
    }
  }

  async #drained(): Promise<void> {
    const late = new AbortController();
    const stop = AbortSignal.any([late.signal, this.#closed.signal]);
    const stalled = this.#options.clock.sleep(MAX_STALL_MS, stop).then(() => {
      if (!stop.aborted) this.#out.destroy();
    });
    const drained = once(this.#out, 'drain', { signal: this.#closed.signal }).catch(() => undefined);
    await Promise.race([drained, stalled]);
    late.abort();
  }
}
