/** How far each reader of a channel has come. */
import type { Reader as Db, Writer } from './database.ts';
import type { Row } from './schema.ts';

/** The position of a reader in a channel: all messages up to it are acknowledged. */
export interface ReaderPosition {
  readonly reader: string;
  readonly channel: string;
  readonly number: number;
  readonly messageId: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly updatedAt: string;
}

/** A reader that is known, and what it has missed. */
export interface KnownReader extends ReaderPosition {
  /** How many messages aged out before it has acknowledged them. */
  readonly dropped: number;
}

export async function findReader(db: Db, reader: string, channel: string): Promise<KnownReader | undefined> {
  const row = await db
    .selectFrom('readers')
    .selectAll()
    .where('reader', '=', reader)
    .where('channel', '=', channel)
    .executeTakeFirst();
  return row && toReader(row);
}

/** Writes the position of a reader, whatever it was: what it had missed before is told. */
export async function putReader(trx: Writer, position: ReaderPosition): Promise<void> {
  const { reader, channel, number, messageId, metadata, updatedAt } = position;
  const moved = {
    number,
    message_id: messageId,
    metadata: JSON.stringify(metadata),
    updated_at: updatedAt,
    dropped: 0,
    dropped_at: null,
  };
  await trx
    .insertInto('readers')
    .values({ reader, channel, ...moved })
    .onConflict((conflict) => conflict.columns(['reader', 'channel']).doUpdateSet(moved))
    .execute();
}

/** Counts messages that age out for each reader that has not acknowledged them. Part of the transaction that deletes them. */
export async function countDropped(
  trx: Writer,
  messages: readonly { readonly number: number; readonly channel: string }[],
  now: string,
): Promise<void> {
  const byChannel = Map.groupBy(messages, ({ channel }) => channel);
  if (byChannel.size === 0) return;
  const readers = await trx
    .selectFrom('readers')
    .select(['reader', 'channel', 'number', 'dropped'])
    .where('channel', 'in', [...byChannel.keys()])
    .execute();
  for (const { reader, channel, number, dropped } of readers) {
    const missed = (byChannel.get(channel) ?? []).filter((message) => message.number > number).length;
    if (missed === 0) continue;
    await trx
      .updateTable('readers')
      .set({ dropped: dropped + missed, dropped_at: now })
      .where('reader', '=', reader)
      .where('channel', '=', channel)
      .execute();
  }
}

/** How many messages of each channel aged out before a reader has acknowledged them; channels without any are left out. */
export async function droppedByChannel(
  db: Db,
  reader: string,
): Promise<{ channel: string; dropped: number }[]> {
  return db
    .selectFrom('readers')
    .select(['channel', 'dropped'])
    .where('reader', '=', reader)
    .where('dropped', '>', 0)
    .execute();
}

/** Forgets all readers of a channel. */
export async function deleteReadersOf(trx: Writer, channel: string): Promise<void> {
  await trx.deleteFrom('readers').where('channel', '=', channel).execute();
}

/** Forgets readers that have not moved, and have missed nothing, since a time, of channels in which nothing is left. */
export async function deleteIdleReaders(trx: Writer, before: string): Promise<void> {
  await trx
    .deleteFrom('readers')
    .where('updated_at', '<', before)
    .where(({ eb, or }) => or([eb('dropped_at', 'is', null), eb('dropped_at', '<', before)]))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('channel_messages')
            .select('number')
            .whereRef('channel_messages.channel', '=', 'readers.channel'),
        ),
      ),
    )
    .execute();
}

function toReader(row: Row<'readers'>): KnownReader {
  const { reader, channel, number, message_id, metadata, updated_at, dropped } = row;
  return {
    reader,
    channel,
    number,
    messageId: message_id,
    metadata: JSON.parse(metadata),
    updatedAt: updated_at,
    dropped,
  };
}
