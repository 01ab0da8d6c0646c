/** What whoever is notified needs of messages: those that are new, and those that nobody has to be told of any more. */
import type { ToldMessage } from '../project/notification.ts';
import type { Reader } from './database.ts';
import { type StoredNotification, toNotification } from './notifications.ts';

/** A message without its content. */
export interface NewMessage {
  readonly number: number;
  readonly channel: string;
  readonly sender: string;
  readonly createdAt: string;
  /** It was sent elsewhere, and came with an import. */
  readonly isImported: boolean;
}

/** The next messages after a number, of all channels and of the relay, in order. */
export async function newMessages(db: Reader, number: number, limit: number): Promise<NewMessage[]> {
  const rows = await db
    .selectFrom('channel_messages')
    .select(['number', 'channel', 'sender', 'created_at', 'stored_at'])
    .where('number', '>', number)
    .orderBy('number')
    .limit(limit)
    .execute();
  return rows.map(({ created_at, stored_at, ...row }) => ({
    ...row,
    createdAt: created_at,
    isImported: created_at !== stored_at,
  }));
}

/** The number of the newest message, of all channels and of the relay; 0: there is none. */
export async function newestMessageNumber(db: Reader): Promise<number> {
  const row = await db
    .selectFrom('channel_messages')
    .select('number')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.number ?? 0;
}

/** A message and who has read it; undefined: it was deleted. */
export async function findToldMessage(db: Reader, number: number): Promise<ToldMessage | undefined> {
  const message = await db
    .selectFrom('channel_messages')
    .select(['channel', 'sender'])
    .where('number', '=', number)
    .executeTakeFirst();
  if (message === undefined) return undefined;
  const marks = await db.selectFrom('reads').select('reader').where('number', '=', number).execute();
  return { ...message, readBy: marks.map(({ reader }) => reader) };
}

/** Notifications that are not settled, of messages that somebody has read, or that were deleted. */
export async function notificationsReadOrGone(db: Reader): Promise<StoredNotification[]> {
  const rows = await db
    .selectFrom('notifications')
    .selectAll()
    .where('message_number', 'is not', null)
    .where('settled_at', 'is', null)
    .where(({ or, not, exists, selectFrom }) =>
      or([
        exists(selectFrom('reads').select('number').whereRef('reads.number', '=', 'message_number')),
        not(
          exists(
            selectFrom('channel_messages')
              .select('number')
              .whereRef('channel_messages.number', '=', 'message_number'),
          ),
        ),
      ]),
    )
    .execute();
  return rows.map(toNotification);
}
