/** All streams that are open, within bounds, and the readers they share. */
import type { ServerResponse } from 'node:http';
import type { Bridge } from '../../bridge/bridge.ts';
import type { Clock } from '../../clock.ts';
import { messageOf } from '../../error-message.ts';
import type { Log } from '../../log.ts';
import { ChannelNews } from './channel-news.ts';
import { EventFeed } from './feed.ts';
import { OldMcpClients } from './old-mcp.ts';
import { EventStream, type StreamOptions } from './stream.ts';

const MAX_STREAMS = 1_000;
const MAX_STREAMS_OF_ONE = 32;

export class EventHub {
  readonly feed: EventFeed;
  readonly channels: ChannelNews;
  readonly oldMcp = new OldMcpClients();
  readonly #clock: Clock;
  /** Each with the name of the token that opened it. */
  readonly #streams = new Map<EventStream, string>();
  /** Clients that wait for one answer, likewise. */
  readonly #waiting = new Map<object, string>();
  #isClosed = false;

  constructor(bridge: Bridge, clock: Clock, log: Log) {
    this.#clock = clock;
    const onFailure = (error: unknown) => {
      log.error('http.events_failed', {}, messageOf(error));
      for (const stream of this.#streams.keys()) stream.end('failed');
    };
    this.feed = new EventFeed(bridge, clock, { onCredentials: () => this.#recheck(), onFailure });
    this.channels = new ChannelNews(bridge, clock, onFailure);
  }

  /** How many are open. */
  get size(): number {
    return this.#streams.size;
  }

  /** Whether whoever has this token may open one more. */
  hasRoomFor(name: string): boolean {
    const names = [...this.#streams.values(), ...this.#waiting.values()];
    const own = names.filter((one) => one === name).length;
    return !this.#isClosed && names.length < MAX_STREAMS && own < MAX_STREAMS_OF_ONE;
  }

  open(out: ServerResponse, name: string, options: Omit<StreamOptions, 'clock'>): void {
    const stream = new EventStream(out, { ...options, clock: this.#clock });
    this.#streams.set(stream, name);
    void stream.ended.then(() => this.#streams.delete(stream));
  }

  /** Takes a place for a client that waits for one answer, until that is called; undefined: there is no room. */
  takePlace(name: string): (() => void) | undefined {
    if (!this.hasRoomFor(name)) return undefined;
    const place = {};
    this.#waiting.set(place, name);
    return () => void this.#waiting.delete(place);
  }

  /** Says good-bye to all, and waits until none reads any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const open = [...this.#streams.keys()];
    for (const stream of open) stream.end('stopping');
    await Promise.all([this.feed.close(), this.channels.close(), ...open.map(({ ended }) => ended)]);
  }

  #recheck(): void {
    // One that cannot be looked up now is looked up again at its next beat.
    for (const stream of this.#streams.keys()) void stream.recheck().catch(() => undefined);
  }
}
