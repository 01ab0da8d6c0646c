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

export async function findReader(
  db: Db,
  reader: string,
  channel: string,
): Promise<ReaderPosition | undefined> {
  const row = await db
    .selectFrom('readers')
    .selectAll()
    .where('reader', '=', reader)
    .where('channel', '=', channel)
    .executeTakeFirst();
  return row && toPosition(row);
}

/** Writes the position of a reader, whatever it was. */
export async function putReader(trx: Writer, position: ReaderPosition): Promise<void> {
  const { reader, channel, number, messageId, metadata, updatedAt } = position;
  const moved = {
    number,
    message_id: messageId,
    metadata: JSON.stringify(metadata),
    updated_at: updatedAt,
  };
  await trx
    .insertInto('readers')
    .values({ reader, channel, ...moved })
    .onConflict((conflict) => conflict.columns(['reader', 'channel']).doUpdateSet(moved))
    .execute();
}

/** Forgets all readers of a channel. */
export async function deleteReadersOf(trx: Writer, channel: string): Promise<void> {
  await trx.deleteFrom('readers').where('channel', '=', channel).execute();
}

/** Forgets readers that have not moved since a time, of channels in which nothing is left. */
export async function deleteIdleReaders(trx: Writer, before: string): Promise<void> {
  await trx
    .deleteFrom('readers')
    .where('updated_at', '<', before)
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

function toPosition(row: Row<'readers'>): ReaderPosition {
  const { reader, channel, number, message_id, metadata, updated_at } = row;
  return {
    reader,
    channel,
    number,
    messageId: message_id,
    metadata: JSON.parse(metadata),
    updatedAt: updated_at,
  };
}
