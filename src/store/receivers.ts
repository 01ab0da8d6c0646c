/** Who is notified, and how far each has been told. */
import { NOTIFY_VIAS, type NotifyVia } from '../project/notice.ts';
import type { Reader, Writer } from './database.ts';
import { knownWord } from './known-word.ts';
import type { NewRow, Row } from './schema.ts';

/** A receiver as it stands. */
export interface ReceiverState {
  readonly name: string;
  readonly via: NotifyVia;
  /** Of its settings. */
  readonly digest: string;
  /** The newest event that it has been told of, or that was there before it. */
  readonly eventId: number;
  /** The newest message that it has been told of, or that was there before it; null: it is told of none. */
  readonly messageNumber: number | null;
  /** Why nothing is sent to it; null: it is on. */
  readonly offReason: string | null;
  /** Why the newest try failed; null: it did not. */
  readonly problem: string | null;
  readonly problemSince: string | null;
  readonly lastSentAt: string | null;
  /** Of one that is a device: its name. */
  readonly device: string | null;
}

/** By name. */
export async function allReceivers(db: Reader): Promise<ReceiverState[]> {
  const rows = await db.selectFrom('receivers').selectAll().orderBy('name').execute();
  return rows.map(toReceiver);
}

export async function insertReceiver(trx: Writer, row: NewRow<'receivers'>): Promise<void> {
  await trx.insertInto('receivers').values(row).execute();
}

export async function updateReceiver(
  trx: Writer,
  name: string,
  changes: Partial<Omit<Row<'receivers'>, 'name'>>,
): Promise<void> {
  await trx.updateTable('receivers').set(changes).where('name', '=', name).execute();
}

/** Deletes a receiver with all that it was to be told. */
export async function deleteReceiver(trx: Writer, name: string): Promise<void> {
  await trx.deleteFrom('receivers').where('name', '=', name).execute();
}

/** Everybody has been told of all events up to this one. */
export async function advanceReceivers(
  trx: Writer,
  names: readonly string[],
  eventId: number,
): Promise<void> {
  await trx
    .updateTable('receivers')
    .set({ event_id: eventId })
    .where('name', 'in', names)
    .where('event_id', '<', eventId)
    .execute();
}

/** All who are told of messages have been told of those up to this one. */
export async function advanceMessages(trx: Writer, number: number): Promise<void> {
  await trx
    .updateTable('receivers')
    .set({ message_number: number })
    .where('message_number', '<', number)
    .execute();
}

const viaWord = knownWord('receivers.via', NOTIFY_VIAS);

function toReceiver(row: Row<'receivers'>): ReceiverState {
  return {
    name: row.name,
    via: viaWord(row.via),
    digest: row.digest,
    eventId: row.event_id,
    messageNumber: row.message_number,
    offReason: row.off_reason,
    problem: row.problem,
    problemSince: row.problem_since,
    lastSentAt: row.last_sent_at,
    device: row.device,
  };
}
