/** The outbox as a whole: when something is due next, what moves together, what is listed and what is removed. */
import type { Reader, Writer } from './database.ts';
import { type StoredNotification, toNotification, WAITING } from './notifications.ts';
import { allReceivers, type ReceiverState } from './receivers.ts';

/** When something of these receivers is due next: to be sent, or to be reminded of. */
export async function nextDue(db: Reader, receivers: readonly string[]): Promise<string | undefined> {
  if (receivers.length === 0) return undefined;
  const { due } = await db
    .selectFrom('notifications')
    .select(({ fn }) => fn.min('due_at').as('due'))
    .where('receiver', 'in', receivers)
    .where('state', '=', WAITING)
    .executeTakeFirstOrThrow();
  const { remind } = await db
    .selectFrom('notifications')
    .select(({ fn }) => fn.min('remind_at').as('remind'))
    .where('receiver', 'in', receivers)
    .where('remind_at', 'is not', null)
    .executeTakeFirstOrThrow();
  // The types of Kysely do not know that there may be none.
  const times: (string | null)[] = [due, remind];
  return times.filter((time) => time !== null).sort()[0];
}

/** What was being sent when a supervisor ended is tried once more. */
export async function resumeSending(trx: Writer, now: string): Promise<void> {
  await trx
    .updateTable('notifications')
    .set({ state: 'waiting', due_at: now, due_set_at: now })
    .where('state', '=', 'sending')
    .execute();
}

/** What waits for a time that was set by a clock ahead of this one is due. */
export async function forgetFutureTimes(trx: Writer, now: string): Promise<void> {
  await trx
    .updateTable('notifications')
    .set({ due_at: now, due_set_at: now })
    .where('state', '=', WAITING)
    .where('due_set_at', '>', now)
    .execute();
}

/** The receiver answers again: what it did not get is due. */
export async function retryAllNow(trx: Writer, receiver: string, now: string): Promise<void> {
  await trx
    .updateTable('notifications')
    .set({ due_at: now, due_set_at: now })
    .where('receiver', '=', receiver)
    .where('state', '=', WAITING)
    .where('tries', '>', 0)
    .execute();
}

/** A digest has told of messages: nobody decides on these, so they are over. */
export async function settleMessagesOf(trx: Writer, digestId: string, now: string): Promise<void> {
  await trx
    .updateTable('notifications')
    .set({ settled_at: now })
    .where('digest_id', '=', digestId)
    .where('state', '=', 'gathered')
    .where('message_number', 'is not', null)
    .execute();
}

/** Drops all that is not sent yet, and reminds of nothing. */
export async function dropUnsent(trx: Writer, receiver: string, now: string): Promise<void> {
  await trx
    .updateTable('notifications')
    .set({ state: 'dropped', settled_at: now })
    .where('receiver', '=', receiver)
    .where('state', 'in', ['waiting', 'gathered'])
    .execute();
  await trx
    .updateTable('notifications')
    .set({ remind_at: null })
    .where('receiver', '=', receiver)
    .where('remind_at', 'is not', null)
    .execute();
}

/** Removes what is settled and older than this. */
export async function removeOldNotifications(trx: Writer, before: string): Promise<void> {
  await trx
    .deleteFrom('notifications')
    .where('settled_at', '<', before)
    .where('state', 'in', ['sent', 'dropped', 'failed'])
    .execute();
}

/** Newest first. */
export async function newestNotifications(db: Reader, limit: number): Promise<StoredNotification[]> {
  const rows = await db
    .selectFrom('notifications')
    .selectAll()
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toNotification);
}

/** A receiver, and how much it is still to be told. */
export interface ReceiverReport extends ReceiverState {
  readonly waiting: number;
  /** How many it will never get: every try failed. */
  readonly failed: number;
}

/** All receivers, by name. */
export async function receiverReports(db: Reader): Promise<ReceiverReport[]> {
  const counts = await db
    .selectFrom('notifications')
    .select(({ fn }) => ['receiver', 'state', fn.countAll<number>().as('count')])
    .where('state', 'in', ['waiting', 'sending', 'gathered', 'failed'])
    .groupBy(['receiver', 'state'])
    .execute();
  const sum = (name: string, isFailed: boolean) =>
    counts
      .filter(({ receiver, state }) => receiver === name && (state === 'failed') === isFailed)
      .reduce((total, { count }) => total + Number(count), 0);
  return (await allReceivers(db)).map((receiver) => ({
    ...receiver,
    waiting: sum(receiver.name, false),
    failed: sum(receiver.name, true),
  }));
}

/** What the receiver answered to the newest of this tag. */
export async function newestReceipt(db: Reader, receiver: string, tag: string): Promise<string | null> {
  const row = await db
    .selectFrom('notifications')
    .select('receipt')
    .where('receiver', '=', receiver)
    .where('tag', '=', tag)
    .where('receipt', 'is not', null)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.receipt ?? null;
}
