/** Which single messages of a channel a reader has read, where that is no matter of order. */
import type { Reader, Writer } from './database.ts';

export interface ReadMark {
  readonly reader: string;
  readonly number: number;
  readonly readAt: string;
}

/** All marks of a channel. */
export async function readMarks(db: Reader, channel: string): Promise<ReadMark[]> {
  const rows = await db
    .selectFrom('channel_messages')
    .innerJoin('reads', 'reads.number', 'channel_messages.number')
    .select(['reads.reader', 'reads.number', 'reads.read_at'])
    .where('channel_messages.channel', '=', channel)
    .execute();
  return rows.map(({ reader, number, read_at }) => ({ reader, number, readAt: read_at }));
}

/** Marks messages as read; the first time counts. */
export async function markRead(trx: Writer, marks: readonly ReadMark[]): Promise<void> {
  if (marks.length === 0) return;
  await trx
    .insertInto('reads')
    .values(marks.map(({ reader, number, readAt }) => ({ reader, number, read_at: readAt })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
