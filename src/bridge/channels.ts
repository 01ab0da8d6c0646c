/** The channels there are, the newest of each, and one message by its id. */
import { RELAY_CHANNEL } from '../project/relay.ts';
import {
  type ChannelMessage,
  type ChannelSummary,
  channelMessagesAfter,
  channelSenders,
  channelSummaries,
  findChannelMessage,
  numberBeforeNewest,
  unreadByChannel,
} from '../store/channels.ts';
import { newestOfChannels } from '../store/events.ts';
import { droppedByChannel } from '../store/readers.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';

export type { ChannelMessage, ChannelSummary };

/** All channels by name, or those whose names begin so. */
export async function channels(bridge: Bridge, prefix?: string): Promise<ChannelSummary[]> {
  return channelSummaries(databaseOf(bridge).read, prefix);
}

/** The newest messages of a channel, in order. */
export async function newestInChannel(
  bridge: Bridge,
  channel: string,
  limit: number,
): Promise<ChannelMessage[]> {
  const { read } = databaseOf(bridge);
  return channelMessagesAfter(read, channel, await numberBeforeNewest(read, channel, limit), limit);
}

/** Who has written into each channel. */
export async function sendersByChannel(bridge: Bridge): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await channelSenders(databaseOf(bridge).read);
  const byChannel = Map.groupBy(rows, ({ channel }) => channel);
  return new Map([...byChannel].map(([channel, own]) => [channel, own.map(({ sender }) => sender)]));
}

/** What a reader has not acknowledged of a channel. */
export interface Unacknowledged {
  /** Messages that are there. */
  readonly unread: number;
  /** Messages that aged out before. */
  readonly dropped: number;
}

/** What a reader has not acknowledged of each channel. */
export async function unacknowledgedBy(
  bridge: Bridge,
  reader: string,
): Promise<(channel: string) => Unacknowledged> {
  const { read } = databaseOf(bridge);
  const unread = await unreadByChannel(read, reader);
  const counts = new Map(unread.map(({ channel, count }) => [channel, Number(count)]));
  const gone = await droppedByChannel(read, reader);
  const drops = new Map(gone.map(({ channel, dropped }) => [channel, dropped]));
  return (channel) => ({ unread: counts.get(channel) ?? 0, dropped: drops.get(channel) ?? 0 });
}

/** Somebody has cleared a channel. */
export interface Clearing {
  /** That of its event. */
  readonly id: number;
  readonly at: string;
  readonly channel: string;
  /** How many were deleted. */
  readonly messages: number;
  /** An `Actor`, or one of a newer program. */
  readonly by: string;
}

/** Who has cleared which channels, newest first, at most `limit`. The relay is no channel here. */
export async function clearings(bridge: Bridge, limit: number): Promise<Clearing[]> {
  const events = await newestOfChannels(databaseOf(bridge).read, 'channel.cleared', RELAY_CHANNEL, limit);
  return events.flatMap((event) =>
    event.type === 'channel.cleared'
      ? [{ id: event.id, at: event.createdAt, by: event.actor, ...event.data }]
      : [],
  );
}

/** One message, of whatever channel but the relay. */
export async function channelMessage(bridge: Bridge, id: string): Promise<ChannelMessage | undefined> {
  const message = await findChannelMessage(databaseOf(bridge).read, id);
  return message?.channel === RELAY_CHANNEL ? undefined : message;
}
