/** The outbox as a whole: when something is due next, what moves together, what is listed and what is removed. */
import type { Reader, Writer } from './database.ts';
import { type StoredNotification, toNotification, WAITING } from './notifications.ts';

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

/** How many of each receiver wait, and how many have failed for good. */
export async function outboxCounts(
  db: Reader,
): Promise<{ receiver: string; state: StoredNotification['state']; count: number }[]> {
  const rows = await db
    .selectFrom('notifications')
    .select(({ fn }) => ['receiver', 'state', fn.countAll<number>().as('count')])
    .where('state', 'in', ['waiting', 'sending', 'gathered', 'failed'])
    .groupBy(['receiver', 'state'])
    .execute();
  return rows.map(({ count, ...row }) => ({ ...row, count: Number(count) }));
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
