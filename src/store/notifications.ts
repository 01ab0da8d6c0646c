/** The outbox: what each receiver is, will be or was told. */
import { sql } from 'kysely';
import type { ProjectId, RequestId } from '../project/ids.ts';
import {
  NOTIFICATION_KINDS,
  NOTIFICATION_STATES,
  type NotificationKind,
  type NotificationState,
} from '../project/notice.ts';
import type { Reader, Writer } from './database.ts';
import { knownWord } from './known-word.ts';
import type { NewRow, Row } from './schema.ts';

export interface StoredNotification {
  readonly number: number;
  readonly id: string;
  readonly receiver: string;
  /** Null: a digest, or a message. */
  readonly eventId: number | null;
  /** Of a message. */
  readonly messageNumber: number | null;
  readonly kind: NotificationKind;
  /** Of a reminder: 1, 2, ... */
  readonly nth: number;
  readonly tag: string;
  readonly projectId: ProjectId | null;
  readonly requestId: RequestId | null;
  readonly state: NotificationState;
  readonly digestId: string | null;
  readonly tries: number;
  readonly dueAt: string;
  readonly problem: string | null;
  readonly receipt: string | null;
  readonly createdAt: string;
  readonly sentAt: string | null;
  readonly settledAt: string | null;
}

/** As it is, and not as a parameter: an index of those that wait is used only where the query says it. */
export const WAITING = sql.lit<NotificationState>('waiting');

export async function insertNotification(
  trx: Writer,
  row: NewRow<'notifications'>,
): Promise<StoredNotification> {
  const query = trx.insertInto('notifications').values(row).returningAll();
  return toNotification(await query.executeTakeFirstOrThrow());
}

export async function findNotification(db: Reader, id: string): Promise<StoredNotification | undefined> {
  const row = await db.selectFrom('notifications').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toNotification(row);
}

export type NotificationChanges = Partial<
  Omit<Row<'notifications'>, 'number' | 'id' | 'receiver' | 'event_id'>
>;

export async function updateNotification(
  trx: Writer,
  id: string,
  changes: NotificationChanges,
): Promise<StoredNotification> {
  const query = trx.updateTable('notifications').set(changes).where('id', '=', id).returningAll();
  return toNotification(await query.executeTakeFirstOrThrow());
}

/** Those of this tag that are not settled; of one receiver and kind if they are given. */
export async function openNotifications(
  db: Reader,
  tag: string,
  of?: { readonly receiver: string; readonly kind: NotificationKind },
): Promise<StoredNotification[]> {
  let query = db
    .selectFrom('notifications')
    .selectAll()
    .where('tag', '=', tag)
    .where('settled_at', 'is', null);
  if (of) query = query.where('receiver', '=', of.receiver).where('kind', '=', of.kind);
  return (await query.orderBy('number').execute()).map(toNotification);
}

/** The first whose time has come. */
export async function firstDue(
  db: Reader,
  receiver: string,
  now: string,
): Promise<StoredNotification | undefined> {
  const row = await db
    .selectFrom('notifications')
    .selectAll()
    .where('receiver', '=', receiver)
    .where('state', '=', WAITING)
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .orderBy('number')
    .limit(1)
    .executeTakeFirst();
  return row && toNotification(row);
}

/** What could be told together: what is due, and what was tried in vain. At most `limit`, without replacements. */
export async function gatherable(
  db: Reader,
  receiver: string,
  now: string,
  limit: number,
): Promise<StoredNotification[]> {
  const waiting = db
    .selectFrom('notifications')
    .selectAll()
    .where('receiver', '=', receiver)
    .where('state', '=', WAITING)
    .where('kind', '!=', 'decided')
    .orderBy('due_at')
    .limit(limit);
  // One by one: together they would read all that waits for its time.
  const due = await waiting.where('due_at', '<=', now).execute();
  const tried = await waiting.where('due_at', '>', now).where('tries', '>', sql.lit(0)).execute();
  return [...due, ...tried].slice(0, limit).map(toNotification);
}

/** Puts all that could be told together, and what digests among it tell of, into one digest. */
export async function gatherDue(trx: Writer, receiver: string, digestId: string, now: string): Promise<void> {
  const inside = trx
    .selectFrom('notifications')
    .select('id')
    .where('receiver', '=', receiver)
    .where('state', '=', WAITING)
    .where('kind', '=', 'digest');
  await trx
    .updateTable('notifications')
    .set({ digest_id: digestId })
    .where('digest_id', 'in', inside)
    .where('state', '=', 'gathered')
    .execute();
  await trx
    .updateTable('notifications')
    .set({ state: 'dropped', settled_at: now })
    .where('receiver', '=', receiver)
    .where('state', '=', WAITING)
    .where('kind', '=', 'digest')
    .execute();
  await trx
    .updateTable('notifications')
    .set({ state: 'gathered', digest_id: digestId })
    .where('receiver', '=', receiver)
    .where('state', '=', WAITING)
    .where('kind', '!=', 'decided')
    .where(({ eb, or }) => or([eb('due_at', '<=', now), eb('tries', '>', 0)]))
    .execute();
}

/** How many of each kind a digest still tells of. */
export async function digestCounts(
  db: Reader,
  digestId: string,
): Promise<Partial<Record<NotificationKind, number>>> {
  const rows = await db
    .selectFrom('notifications')
    .select(({ fn }) => ['kind', fn.countAll<number>().as('count')])
    .where('digest_id', '=', digestId)
    .where('state', '=', 'gathered')
    .groupBy('kind')
    .execute();
  return Object.fromEntries(rows.map(({ kind, count }) => [kindWord(kind), Number(count)]));
}

/** The first projects that a digest tells of, oldest news first. */
export async function digestProjects(db: Reader, digestId: string, limit: number) {
  return db
    .selectFrom('notifications')
    .innerJoin('projects', 'projects.id', 'notifications.project_id')
    .select(({ fn }) => [
      'projects.id',
      'projects.title',
      'projects.round',
      fn.min('notifications.number').as('first'),
    ])
    .where('digest_id', '=', digestId)
    .where('state', '=', 'gathered')
    .groupBy(['projects.id', 'projects.title', 'projects.round'])
    .orderBy('first')
    .limit(limit)
    .execute();
}

/** Changes all that a digest tells of. */
export async function updateGathered(
  trx: Writer,
  digestId: string,
  changes: NotificationChanges,
): Promise<void> {
  await trx
    .updateTable('notifications')
    .set(changes)
    .where('digest_id', '=', digestId)
    .where('state', '=', 'gathered')
    .execute();
}

/** Sets when a person is reminded of these kinds, of what a digest has told and what is not settled. */
export async function remindOfDigest(
  trx: Writer,
  digestId: string,
  kinds: readonly NotificationKind[],
  remindAt: string,
): Promise<void> {
  await trx
    .updateTable('notifications')
    .set({ remind_at: remindAt })
    .where('digest_id', '=', digestId)
    .where('kind', 'in', kinds)
    .where('settled_at', 'is', null)
    .execute();
}

/** Of what was sent and is not settled: those that a person is to be reminded of by now. */
export async function dueReminders(
  db: Reader,
  receiver: string,
  now: string,
  limit: number,
): Promise<StoredNotification[]> {
  const rows = await db
    .selectFrom('notifications')
    .selectAll()
    .where('receiver', '=', receiver)
    .where('remind_at', '<=', now)
    .orderBy('remind_at')
    .limit(limit)
    .execute();
  return rows.map(toNotification);
}

/** The notification of this event that is no reminder and no replacement. */
export async function originalOf(
  db: Reader,
  { receiver, eventId }: Pick<StoredNotification, 'receiver' | 'eventId'>,
): Promise<StoredNotification | undefined> {
  const row = await db
    .selectFrom('notifications')
    .selectAll()
    .where('receiver', '=', receiver)
    .where('event_id', '=', eventId)
    .where('nth', '=', 0)
    .executeTakeFirst();
  return row && toNotification(row);
}

/** How many reminders of an event there are. */
export async function countReminders(
  db: Reader,
  { receiver, eventId }: Pick<StoredNotification, 'receiver' | 'eventId'>,
): Promise<number> {
  const { count } = await db
    .selectFrom('notifications')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('receiver', '=', receiver)
    .where('event_id', '=', eventId)
    .where('kind', '=', 'reminder')
    .executeTakeFirstOrThrow();
  return Number(count);
}

const kindWord = knownWord('notifications.kind', NOTIFICATION_KINDS);
const stateWord = knownWord('notifications.state', NOTIFICATION_STATES);

export function toNotification(row: Row<'notifications'>): StoredNotification {
  return {
    number: row.number,
    id: row.id,
    receiver: row.receiver,
    eventId: row.event_id,
    messageNumber: row.message_number,
    kind: kindWord(row.kind),
    nth: row.nth,
    tag: row.tag,
    projectId: row.project_id,
    requestId: row.request_id,
    state: stateWord(row.state),
    digestId: row.digest_id,
    tries: row.tries,
    dueAt: row.due_at,
    problem: row.problem,
    receipt: row.receipt,
    createdAt: row.created_at,
    sentAt: row.sent_at,
    settledAt: row.settled_at,
  };
}
