/**
 * Messages in channels. Their number gives the order, over all channels, and never comes again. The relay is one of them: it
 * is in no list, and its messages are kept by its own rule.
 */
import { RELAY_CHANNEL } from '../project/relay.ts';
import type { Reader, Writer } from './database.ts';
import type { NewRow, Row } from './schema.ts';

/** A message as it is kept. */
export interface ChannelMessage {
  readonly number: number;
  readonly id: string;
  readonly channel: string;
  readonly sender: string;
  /** As it was sent. */
  readonly content: string;
  readonly createdAt: string;
}

/** A channel and what is in it. */
export interface ChannelSummary {
  readonly channel: string;
  readonly count: number;
  readonly lastNumber: number;
  readonly lastAt: string;
}

/** Stores a message behind all others. */
export async function insertChannelMessage(
  trx: Writer,
  row: Omit<NewRow<'channel_messages'>, 'bytes'>,
): Promise<ChannelMessage> {
  const values = { ...row, bytes: Buffer.byteLength(row.content) };
  return toMessage(
    await trx.insertInto('channel_messages').values(values).returningAll().executeTakeFirstOrThrow(),
  );
}

/** The message that this sender sent into this channel under this key, and the hash of its content. */
export async function findChannelMessageByKey(
  db: Reader,
  channel: string,
  sender: string,
  key: string,
): Promise<{ readonly message: ChannelMessage; readonly contentHash: string | null } | undefined> {
  const row = await db
    .selectFrom('channel_messages')
    .selectAll()
    .where('channel', '=', channel)
    .where('sender', '=', sender)
    .where('dedupe_key', '=', key)
    .executeTakeFirst();
  return row && { message: toMessage(row), contentHash: row.content_hash };
}

export async function findChannelMessage(db: Reader, id: string): Promise<ChannelMessage | undefined> {
  const row = await db.selectFrom('channel_messages').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toMessage(row);
}

/** The next messages of a channel after a number, in order. */
export async function channelMessagesAfter(
  db: Reader,
  channel: string,
  number: number,
  limit: number,
): Promise<ChannelMessage[]> {
  const rows = await db
    .selectFrom('channel_messages')
    .selectAll()
    .where('channel', '=', channel)
    .where('number', '>', number)
    .orderBy('number')
    .limit(limit)
    .execute();
  return rows.map(toMessage);
}

/** A message without its content. */
export interface ChannelHead {
  readonly number: number;
  readonly sender: string;
}

/** All messages of a channel, in order. */
export async function channelHeads(db: Reader, channel: string): Promise<ChannelHead[]> {
  return db
    .selectFrom('channel_messages')
    .select(['number', 'sender'])
    .where('channel', '=', channel)
    .orderBy('number')
    .execute();
}

/** Messages by their numbers, in order. */
export async function channelMessagesOf(db: Reader, numbers: readonly number[]): Promise<ChannelMessage[]> {
  if (numbers.length === 0) return [];
  const rows = await db
    .selectFrom('channel_messages')
    .selectAll()
    .where('number', 'in', numbers)
    .orderBy('number')
    .execute();
  return rows.map(toMessage);
}

/** Deletes messages by their numbers. */
export async function deleteChannelMessages(trx: Writer, numbers: readonly number[]): Promise<void> {
  if (numbers.length === 0) return;
  await trx.deleteFrom('channel_messages').where('number', 'in', numbers).execute();
}

/** The number before the newest `limit` messages of a channel: what comes after it is those. */
export async function numberBeforeNewest(db: Reader, channel: string, limit: number): Promise<number> {
  const row = await db
    .selectFrom('channel_messages')
    .select('number')
    .where('channel', '=', channel)
    .orderBy('number', 'desc')
    .offset(limit)
    .limit(1)
    .executeTakeFirst();
  return row?.number ?? 0;
}

/** The numbers of the oldest and of the newest message of all channels; null: there is none. */
export interface ChannelNumbers {
  readonly oldest: number | null;
  readonly newest: number | null;
}

export async function channelNumbers(db: Reader): Promise<ChannelNumbers> {
  return { oldest: await firstNumber(db, 'asc'), newest: await firstNumber(db, 'desc') };
}

async function firstNumber(db: Reader, order: 'asc' | 'desc'): Promise<number | null> {
  const row = await db
    .selectFrom('channel_messages')
    .select('number')
    .where('channel', '!=', RELAY_CHANNEL)
    .orderBy('number', order)
    .limit(1)
    .executeTakeFirst();
  return row?.number ?? null;
}

/** How many messages of each channel a reader has not acknowledged; channels without any are left out. */
export async function unreadByChannel(
  db: Reader,
  reader: string,
): Promise<{ channel: string; count: number }[]> {
  return db
    .selectFrom('channel_messages as message')
    .leftJoin('readers', (join) =>
      join.onRef('readers.channel', '=', 'message.channel').on('readers.reader', '=', reader),
    )
    .select(['message.channel', (eb) => eb.fn.countAll<number>().as('count')])
    .where('message.channel', '!=', RELAY_CHANNEL)
    .where(({ eb, ref, fn, val }) => eb(ref('message.number'), '>', fn.coalesce('readers.number', val(0))))
    .groupBy('message.channel')
    .execute();
}

/** All channels, or those whose names begin so, by name. */
export async function channelSummaries(db: Reader, prefix = ''): Promise<ChannelSummary[]> {
  let query = db
    .selectFrom('channel_messages')
    .select(['channel', (eb) => eb.fn.countAll<number>().as('count'), (eb) => eb.fn.max('number').as('last')])
    .where('channel', '!=', RELAY_CHANNEL)
    .groupBy('channel')
    .orderBy('channel');
  // Names that begin so, in the order of their bytes: `LIKE` would read all of them.
  if (prefix !== '')
    query = query.where('channel', '>=', prefix).where('channel', '<', `${prefix}\u{10ffff}`);
  const groups = db.selectFrom(query.as('groups'));
  const rows = await groups
    .innerJoin('channel_messages', 'channel_messages.number', 'groups.last')
    .select(['groups.channel', 'groups.count', 'groups.last', 'channel_messages.created_at'])
    .orderBy('groups.channel')
    .execute();
  return rows.map(({ channel, count, last, created_at }) => ({
    channel,
    count,
    lastNumber: Number(last),
    lastAt: created_at,
  }));
}

/** Who has written into each channel, by name. */
export async function channelSenders(db: Reader): Promise<{ channel: string; sender: string }[]> {
  return db
    .selectFrom('channel_messages')
    .select(['channel', 'sender'])
    .where('channel', '!=', RELAY_CHANNEL)
    .distinct()
    .orderBy('channel')
    .orderBy('sender')
    .execute();
}

/** Deletes all messages of a channel. Returns how many there were. */
export async function deleteChannel(trx: Writer, channel: string): Promise<number> {
  const deleted = await trx.deleteFrom('channel_messages').where('channel', '=', channel).executeTakeFirst();
  return Number(deleted.numDeletedRows);
}

/** How many messages there are, and how many bytes their contents take. */
export async function channelTotals(db: Reader): Promise<{ messages: number; bytes: number }> {
  const totals = db
    .selectFrom('channel_messages')
    .select((eb) => [eb.fn.countAll<number>().as('messages'), eb.fn.sum<number | null>('bytes').as('bytes')]);
  const all = await totals.executeTakeFirstOrThrow();
  // Taken off afterwards: a condition on all rows would read more than the index that adds them up.
  const relay = await totals.where('channel', '=', RELAY_CHANNEL).executeTakeFirstOrThrow();
  return { messages: all.messages - relay.messages, bytes: (all.bytes ?? 0) - (relay.bytes ?? 0) };
}

/** A message, and where it is. */
export interface PlacedMessage {
  readonly number: number;
  readonly channel: string;
}

/** Messages that came before a time, the oldest first, at most `limit`. */
export async function messagesBefore(db: Reader, before: string, limit: number): Promise<PlacedMessage[]> {
  return db
    .selectFrom('channel_messages')
    .select(['number', 'channel'])
    .where('stored_at', '<', before)
    .where('channel', '!=', RELAY_CHANNEL)
    .orderBy('stored_at')
    .limit(limit)
    .execute();
}

/** The oldest messages. */
export async function oldestMessages(db: Reader, limit: number): Promise<PlacedMessage[]> {
  return db
    .selectFrom('channel_messages')
    .select(['number', 'channel'])
    .where('channel', '!=', RELAY_CHANNEL)
    .orderBy('number')
    .limit(limit)
    .execute();
}

function toMessage({
  number,
  id,
  channel,
  sender,
  content,
  created_at,
}: Row<'channel_messages'>): ChannelMessage {
  return { number, id, channel, sender, content, createdAt: created_at };
}
