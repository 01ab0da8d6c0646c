/** Follows channels for whoever keeps a connection open: what is sent, and that one was cleared. */
import { CHANNEL_LIMITS, type FieldProblem, nameProblem } from '../project/channel.ts';
import { ok, type Result, refuse } from '../result.ts';
import {
  type ChannelMessage,
  type ChannelNumbers,
  channelMessagesAfter,
  channelNumbers,
  findChannelMessage,
  numberBeforeNewest,
} from '../store/channels.ts';
import { type Cursor, cursorAfter, eventsAfter, newestCursor } from '../store/events.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';
import { untilFound } from './until-found.ts';

/** Where a follower is: after which message, and after which event of the history. */
export interface ChannelPlace {
  readonly number: number;
  readonly events: Cursor;
}

export interface ChannelStart {
  readonly place: ChannelPlace;
  /** The message that was named is not in this channel: it goes on from now. */
  readonly isStale: boolean;
}

/** After a message, or from now on. Throws StoreError. */
export async function channelStart(
  bridge: Bridge,
  channel: string,
  sinceId: string | undefined,
): Promise<Result<ChannelStart, FieldProblem>> {
  const problem = nameProblem('channel', channel, CHANNEL_LIMITS.channel);
  if (problem) return refuse(problem);
  const { read } = databaseOf(bridge);
  const events = await newestCursor(read);
  const known = sinceId === undefined ? undefined : await findChannelMessage(read, sinceId);
  if (known?.channel === channel) return ok({ place: { number: known.number, events }, isStale: false });
  const before = await numberBeforeNewest(read, channel, 0);
  return ok({ place: { number: before, events }, isStale: sinceId !== undefined });
}

export interface ChannelNews {
  readonly place: ChannelPlace;
  /** How many messages each clearing took, in order; all before the messages below. */
  readonly cleared: readonly number[];
  readonly messages: readonly ChannelMessage[];
}

const MAX_EVENTS = 200;

/** What happens next in a channel; nothing when `waitMs` is over, or `signal` aborts. Throws StoreError. */
export async function channelNews(
  bridge: Bridge,
  channel: string,
  place: ChannelPlace,
  { limit, ...wait }: { readonly limit: number; readonly waitMs: number; readonly signal: AbortSignal },
): Promise<ChannelNews> {
  const { read } = databaseOf(bridge);
  return untilFound(
    bridge,
    async (): Promise<ChannelNews> => {
      const events = await eventsAfter(read, place.events, MAX_EVENTS);
      const cleared = events.flatMap((event) =>
        event.type === 'channel.cleared' && event.data.channel === channel ? [event.data.messages] : [],
      );
      const messages = await channelMessagesAfter(read, channel, place.number, limit);
      const last = events.at(-1);
      return {
        place: {
          number: messages.at(-1)?.number ?? place.number,
          events: last ? cursorAfter(last) : place.events,
        },
        cleared,
        messages,
      };
    },
    (news) => news.cleared.length > 0 || news.messages.length > 0,
    wait,
  );
}

/** Until they are others than these. */
interface OtherNumbers {
  readonly than: ChannelNumbers;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** The oldest and the newest message of all channels, by their numbers. Throws StoreError. */
export async function keptMessages(bridge: Bridge, others?: OtherNumbers): Promise<ChannelNumbers> {
  const read = () => channelNumbers(databaseOf(bridge).read);
  if (!others) return read();
  const { oldest, newest } = others.than;
  return untilFound(bridge, read, (found) => found.oldest !== oldest || found.newest !== newest, others);
}
