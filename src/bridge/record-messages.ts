/**
 * Reads the messages of agents on behalf of those who want to be told of them, and puts into the outbox what each is to be
 * told. The messages are their own list: the outbox has their numbers, and what they say is read when it is sent.
 */
import { messageTag, type Receiver, stands, wantsMessages } from '../project/notification.ts';
import type { Reader, Writing } from '../store/database.ts';
import { type NewMessage, newMessages, notificationsReadOrGone } from '../store/message-news.ts';
import { insertNotification, type StoredNotification } from '../store/notifications.ts';
import { advanceMessages, allReceivers, type ReceiverState } from '../store/receivers.ts';
import { type HeldLease, writeHolding } from './lease.ts';
import { drawnIds } from './notification-ids.ts';
import { databaseOf } from './open-bridge.ts';
import { settleNotification, subjectOf } from './record-news.ts';

/** How many messages one transaction reads: it must not keep others waiting. */
const BATCH = 50;

/**
 * Drops what was read, or deleted, before it was told; then reads what follows the cursors of the receivers, and moves
 * these on in the same transaction. Returns false when there was nothing new.
 */
export async function recordMessages(lease: HeldLease, receivers: readonly Receiver[]): Promise<boolean> {
  const { read } = databaseOf(lease.bridge);
  if ((await readOrGone(read)).length === 0 && (await unheard(read)).length === 0) return false;
  const idOf = drawnIds();
  return writeHolding(lease, async (writing) => {
    const { trx, now } = writing;
    for (const notification of await readOrGone(trx)) await settleNotification(writing, notification);
    const states = await allReceivers(trx);
    const messages = await unheard(trx, states);
    const last = messages.at(-1);
    if (last === undefined) return false;
    let drawn = 0;
    for (const message of messages) {
      if (!(await isNews(trx, message.number))) continue;
      for (const name of toBeTold(message, receivers, states))
        await insertNotification(trx, entryOf(message, name, idOf(drawn++), now));
    }
    await advanceMessages(trx, last.number);
    return true;
  });
}

/** Notifications that are not settled, whose message whom it is for has read, or that is gone. */
async function readOrGone(db: Reader): Promise<StoredNotification[]> {
  const over: StoredNotification[] = [];
  for (const notification of await notificationsReadOrGone(db))
    if (notification.messageNumber !== null && !(await isNews(db, notification.messageNumber)))
      over.push(notification);
  return over;
}

async function isNews(db: Reader, messageNumber: number): Promise<boolean> {
  const subject = await subjectOf(db, { projectId: null, requestId: null, messageNumber });
  return stands({ kind: 'message', tag: messageTag(messageNumber) }, subject);
}

/** What follows the cursors. */
async function unheard(db: Reader, known?: readonly ReceiverState[]): Promise<NewMessage[]> {
  const states = known ?? (await allReceivers(db));
  const cursors = states.flatMap(({ messageNumber }) => (messageNumber === null ? [] : [messageNumber]));
  return cursors.length === 0 ? [] : newMessages(db, Math.min(...cursors), BATCH);
}

/** Who is told of a message, by name. */
function toBeTold(
  { number, channel, isImported }: NewMessage,
  receivers: readonly Receiver[],
  states: readonly ReceiverState[],
): string[] {
  // It was said elsewhere, and long ago.
  if (isImported) return [];
  const isListening = ({ offReason, messageNumber }: ReceiverState) =>
    offReason === null && messageNumber !== null && messageNumber < number;
  return receivers
    .filter((receiver) => wantsMessages(receiver, channel))
    .map(({ name }) => name)
    .filter((name) => states.some((state) => state.name === name && isListening(state)));
}

function entryOf({ number }: NewMessage, receiver: string, id: string, now: Writing['now']) {
  return {
    id,
    receiver,
    event_id: null,
    message_number: number,
    kind: 'message',
    tag: messageTag(number),
    project_id: null,
    request_id: null,
    state: 'waiting',
    due_at: now,
    due_set_at: now,
    created_at: now,
  } as const;
}
