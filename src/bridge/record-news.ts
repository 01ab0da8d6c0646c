/** Reads the history on behalf of those who are notified, and puts into the outbox what each is to be told. */
import type { BridgeEvent } from '../project/event.ts';
import { asRequestId, type RequestId } from '../project/ids.ts';
import { canReplace, type NotificationKind } from '../project/notice.ts';
import {
  delayMs,
  type News,
  newsIn,
  type Receiver,
  type Subject,
  stands,
  wants,
} from '../project/notification.ts';
import type { Reader, Writing } from '../store/database.ts';
import { cursorAfter, eventsAfter } from '../store/events.ts';
import { allHolds } from '../store/holds.ts';
import { findToldMessage } from '../store/message-news.ts';
import {
  countReminders,
  dueReminders,
  insertNotification,
  openNotifications,
  type StoredNotification,
  updateNotification,
} from '../store/notifications.ts';
import { forgetFutureTimes } from '../store/outbox.ts';
import { findProject } from '../store/projects.ts';
import { advanceReceivers, allReceivers, type ReceiverState } from '../store/receivers.ts';
import { findRequest } from '../store/requests.ts';
import { type HeldLease, writeHolding } from './lease.ts';
import { drawnIds } from './notification-ids.ts';
import { databaseOf } from './open-bridge.ts';

/** How many events one transaction reads: it must not keep others waiting. */
const BATCH = 50;

/**
 * Reads what follows the cursors of the receivers, which `syncReceivers` has made known, and moves the cursors on in the
 * same transaction. Returns false when there was nothing.
 */
export async function recordNews(lease: HeldLease, receivers: readonly Receiver[]): Promise<boolean> {
  const { read } = databaseOf(lease.bridge);
  if ((await unread(read)).length === 0) return false;
  const idOf = drawnIds();
  return writeHolding(lease, async ({ trx, now }) => {
    const states = await allReceivers(trx);
    const events = await unread(trx, states);
    const last = events.at(-1);
    if (last === undefined) return false;
    const known = receivers.flatMap((receiver) => {
      const state = states.find(({ name }) => name === receiver.name);
      return state ? [{ ...receiver, state }] : [];
    });
    let drawn = 0;
    const outbox: Outbox = { trx, now, receivers: known, newId: () => idOf(drawn++) };
    for (const event of events) {
      const news = newsIn(event);
      if (news?.what === 'told') await tell(outbox, event, news);
      if (news?.what === 'settled') await settle(outbox, event, news.tag);
    }
    await advanceReceivers(
      trx,
      states.map(({ name }) => name),
      last.id,
    );
    return true;
  });
}

async function unread(db: Reader, known?: readonly ReceiverState[]): Promise<BridgeEvent[]> {
  const states = known ?? (await allReceivers(db));
  if (states.length === 0) return [];
  return eventsAfter(db, cursorAfter({ id: Math.min(...states.map(({ eventId }) => eventId)) }), BATCH);
}

interface Outbox extends Writing {
  readonly receivers: readonly (Receiver & { readonly state: ReceiverState })[];
  newId(): string;
}

async function tell(
  outbox: Outbox,
  event: BridgeEvent,
  { kind, tag }: News & { readonly what: 'told' },
): Promise<void> {
  const { trx, now } = outbox;
  const requestId = event.type === 'request.opened' ? asRequestId(event.data.requestId) : null;
  const subject = await subjectOf(trx, { projectId: event.projectId, requestId, messageNumber: null });
  if (!stands({ kind, tag }, subject)) return;
  for (const receiver of outbox.receivers) {
    const { name, state } = receiver;
    if (state.offReason !== null || state.eventId >= event.id) continue;
    if (!wants(receiver, kind, subject.project)) continue;
    // A hold is set again with each probe that fails: it is told once.
    if ((await openNotifications(trx, tag, { receiver: name, kind })).length > 0) continue;
    const due = new Date(Math.min(Date.parse(event.createdAt), Date.parse(now)) + delayMs(kind, receiver));
    await put(outbox, { receiver: name, kind, tag, requestId, dueAt: due.toISOString() }, event);
  }
}

/** What was told of the tag is over: what was not sent is dropped, and what is shown is replaced where it can be. */
async function settle(outbox: Outbox, event: BridgeEvent, tag: string): Promise<void> {
  const { trx, now } = outbox;
  const open = await openNotifications(trx, tag);
  for (const notification of open) await settleNotification(outbox, notification);
  for (const receiver of outbox.receivers) {
    if (receiver.state.offReason !== null) continue;
    const shown = open.filter(
      (one) =>
        one.receiver === receiver.name &&
        one.digestId === null &&
        (one.state === 'sent' || one.state === 'sending'),
    );
    const [first] = shown;
    if (first === undefined) continue;
    const kind = shown.some((one) => one.kind === 'hold_began') ? 'hold_ended' : 'decided';
    const isTold = kind === 'hold_ended' ? receiver.kinds.includes(kind) : canReplace(receiver.via);
    if (!isTold) continue;
    const { requestId } = first;
    await put(outbox, { receiver: receiver.name, kind, tag, requestId, dueAt: now, settledAt: now }, event);
  }
}

/** Within a transaction of another verb: what a notification tells of is over. If it was not sent, it is dropped. */
export async function settleNotification(
  { trx, now }: Writing,
  { id, state }: Pick<StoredNotification, 'id' | 'state'>,
): Promise<void> {
  const isUnsent = state === 'waiting' || state === 'gathered';
  await updateNotification(trx, id, {
    settled_at: now,
    remind_at: null,
    ...(isUnsent && { state: 'dropped' }),
  });
}

interface Entry {
  readonly receiver: string;
  readonly kind: NotificationKind;
  readonly tag: string;
  readonly requestId: RequestId | null;
  readonly dueAt: string;
  readonly settledAt?: string;
}

async function put({ trx, now, newId }: Outbox, entry: Entry, event: BridgeEvent): Promise<void> {
  await insertNotification(trx, {
    id: newId(),
    receiver: entry.receiver,
    event_id: event.id,
    kind: entry.kind,
    tag: entry.tag,
    project_id: event.projectId,
    request_id: entry.requestId,
    state: 'waiting',
    due_at: entry.dueAt,
    due_set_at: now,
    created_at: now,
    settled_at: entry.settledAt ?? null,
  });
}

/** Within a transaction of another verb: what there is now of what a notification tells of. */
export async function subjectOf(
  db: Reader,
  {
    projectId,
    requestId,
    messageNumber,
  }: Pick<StoredNotification, 'projectId' | 'requestId' | 'messageNumber'>,
): Promise<Subject> {
  return {
    project: projectId === null ? undefined : await findProject(db, projectId),
    request: requestId === null ? undefined : await findRequest(db, requestId),
    holds: await allHolds(db),
    message: messageNumber === null ? undefined : await findToldMessage(db, messageNumber),
  };
}

const MAX_REMINDERS = 100;

/** Puts reminders of what still waits into the outbox, and says when the next ones are due. */
export async function recordReminders(lease: HeldLease, receivers: readonly Receiver[]): Promise<void> {
  const idOf = drawnIds();
  for (const { name, remindAfterMs } of receivers) {
    const now = lease.bridge.clock.now().toISOString();
    if ((await dueReminders(databaseOf(lease.bridge).read, name, now, 1)).length === 0) continue;
    await writeHolding(lease, async (writing) => {
      const due = await dueReminders(writing.trx, name, writing.now, MAX_REMINDERS);
      for (const [number, original] of due.entries())
        await remind(writing, original, remindAfterMs, idOf(number));
    });
  }
}

async function remind(
  { trx, now }: Writing,
  original: StoredNotification,
  remindAfterMs: number | null,
  id: string,
): Promise<void> {
  if (remindAfterMs === null || !stands(original, await subjectOf(trx, original))) {
    await updateNotification(trx, original.id, { remind_at: null });
    return;
  }
  const next = new Date(Date.parse(now) + remindAfterMs).toISOString();
  await updateNotification(trx, original.id, { remind_at: next });
  const { receiver, eventId, tag, projectId, requestId } = original;
  const open = await openNotifications(trx, tag, { receiver, kind: 'reminder' });
  // The one before is not told yet: the receiver is quiet, or does not answer.
  if (open.some(({ state }) => state !== 'sent')) return;
  await insertNotification(trx, {
    id,
    receiver,
    event_id: eventId,
    kind: 'reminder',
    nth: 1 + (await countReminders(trx, original)),
    tag,
    project_id: projectId,
    request_id: requestId,
    state: 'waiting',
    due_at: now,
    due_set_at: now,
    created_at: now,
  });
}

/** The clock was set back: what waits for a time that the clock before had set is due. */
export async function forgetTimesToCome(lease: HeldLease): Promise<void> {
  await writeHolding(lease, async ({ trx, now }) => {
    await forgetFutureTimes(trx, now);
  });
}
