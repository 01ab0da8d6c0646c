/** The outbox as whoever sends sees it: what is due is claimed, tried, and what came of it recorded. */
import type { Delivery, Notice } from '../project/notice.ts';
import {
  isReminded,
  MAX_SINGLES,
  NEWS_KINDS,
  type Receiver,
  retryDelayMs,
  stands,
} from '../project/notification.ts';
import type { Writer, Writing } from '../store/database.ts';
import {
  digestCounts,
  findNotification,
  firstDue,
  gatherable,
  gatherDue,
  insertNotification,
  originalOf,
  remindOfDigest,
  type StoredNotification,
  updateGathered,
  updateNotification,
} from '../store/notifications.ts';
import { dropUnsent, nextDue, retryAllNow, settleMessagesOf } from '../store/outbox.ts';
import { allReceivers, updateReceiver } from '../store/receivers.ts';
import type { Bridge } from './bridge.ts';
import { type HeldLease, writeHolding } from './lease.ts';
import { noticeOf } from './notice-facts.ts';
import { newNotificationId } from './notification-ids.ts';
import { databaseOf } from './open-bridge.ts';
import { subjectOf } from './record-news.ts';

/**
 * Claims what a receiver is to be told next; undefined when nothing is due. More than a few at a time are one digest. What
 * is claimed is tried once more under its id if nothing is recorded of it.
 *
 * @param holdsRelay Messages of the relay reach nobody until the person lets them through.
 */
export async function claimNotification(
  lease: HeldLease,
  { name }: Pick<Receiver, 'name'>,
  { holdsRelay }: { readonly holdsRelay: boolean },
): Promise<Notice | undefined> {
  const now = lease.bridge.clock.now().toISOString();
  if ((await firstDue(databaseOf(lease.bridge).read, name, now)) === undefined) return undefined;
  const digestId = newNotificationId();
  return writeHolding(lease, async (writing) => {
    const { trx } = writing;
    const { offReason } = (await allReceivers(trx)).find((receiver) => receiver.name === name) ?? {};
    if (offReason !== null) return undefined;
    const first = await firstDue(trx, name, writing.now);
    if (first === undefined) return undefined;
    const isCrowd =
      first.kind !== 'decided' &&
      (await gatherable(trx, name, writing.now, MAX_SINGLES + 1)).length > MAX_SINGLES;
    const claimed = isCrowd ? await claimDigest(writing, name, digestId) : await claimFirst(writing, first);
    return claimed && noticeOf(trx, claimed, holdsRelay);
  });
}

async function claimDigest({ trx, now }: Writing, receiver: string, id: string): Promise<StoredNotification> {
  await gatherDue(trx, receiver, id, now);
  return insertNotification(trx, {
    id,
    receiver,
    event_id: null,
    kind: 'digest',
    tag: 'digest',
    project_id: null,
    request_id: null,
    state: 'sending',
    tries: 1,
    due_at: now,
    due_set_at: now,
    created_at: now,
    settled_at: now,
  });
}

/** Drops what does not stand any more, and claims the first that does. */
async function claimFirst(
  { trx, now }: Writing,
  first: StoredNotification,
): Promise<StoredNotification | undefined> {
  let due: StoredNotification | undefined = first;
  while (due !== undefined) {
    if (await isStanding(trx, due))
      return updateNotification(trx, due.id, { state: 'sending', tries: due.tries + 1 });
    await updateNotification(trx, due.id, { state: 'dropped', settled_at: now });
    due = await firstDue(trx, due.receiver, now);
  }
  return undefined;
}

async function isStanding(trx: Writer, notification: StoredNotification): Promise<boolean> {
  const { id, kind } = notification;
  if (kind === 'digest') return Object.keys(await digestCounts(trx, id)).length > 0;
  const told = kind === 'reminder' ? await originalOf(trx, notification) : notification;
  return told !== undefined && stands(told, await subjectOf(trx, told));
}

/** Records how a try has ended, and what follows: nothing, another try, or that the receiver is off. */
export async function recordDelivery(
  lease: HeldLease,
  receiver: Pick<Receiver, 'name' | 'remindAfterMs'>,
  { id }: Pick<Notice, 'id'>,
  delivery: Exclude<Delivery, { kind: 'stopped' }>,
): Promise<void> {
  await writeHolding(lease, async (writing) => {
    const { trx, now } = writing;
    const tried = await findNotification(trx, id);
    // The receiver was taken out of the configuration, with all that it was to be told.
    if (tried === undefined) return;
    switch (delivery.kind) {
      case 'sent':
        return recordSent(writing, receiver, tried, delivery.receipt);
      case 'failed':
        await recordProblem(writing, receiver.name, delivery.problem);
        return recordFailure(writing, tried, delivery);
      case 'gone':
        await updateNotification(trx, id, { state: 'failed', problem: delivery.problem, settled_at: now });
        await updateReceiver(trx, receiver.name, { off_reason: delivery.problem });
        return dropUnsent(trx, receiver.name, now);
    }
  });
}

async function recordSent(
  { trx, now }: Writing,
  { name, remindAfterMs }: Pick<Receiver, 'name' | 'remindAfterMs'>,
  tried: StoredNotification,
  receipt: string | null,
): Promise<void> {
  const remindAt = remindAfterMs === null ? null : new Date(Date.parse(now) + remindAfterMs).toISOString();
  const isReminder = isReminded(tried.kind) && tried.settledAt === null;
  await updateNotification(trx, tried.id, {
    state: 'sent',
    problem: null,
    receipt,
    sent_at: now,
    ...(isReminder && { remind_at: remindAt }),
    ...(tried.kind === 'message' && { settled_at: now }),
  });
  if (tried.kind === 'digest') {
    await settleMessagesOf(trx, tried.id, now);
    await updateGathered(trx, tried.id, { state: 'sent', sent_at: now });
    if (remindAt !== null) await remindOfDigest(trx, tried.id, NEWS_KINDS.filter(isReminded), remindAt);
  }
  await updateReceiver(trx, name, { problem: null, problem_since: null, last_sent_at: now });
  await retryAllNow(trx, name, now);
}

async function recordProblem({ trx, now }: Writing, name: string, problem: string): Promise<void> {
  const before = (await allReceivers(trx)).find((receiver) => receiver.name === name);
  await updateReceiver(trx, name, { problem, problem_since: before?.problemSince ?? now });
}

async function recordFailure(
  { trx, now }: Writing,
  tried: StoredNotification,
  { problem, retryAfterMs }: Delivery & { readonly kind: 'failed' },
): Promise<void> {
  const isOver =
    tried.kind !== 'digest' &&
    tried.kind !== 'decided' &&
    tried.kind !== 'hold_ended' &&
    tried.settledAt !== null;
  const delay = isOver ? undefined : retryDelayMs(tried.tries, retryAfterMs);
  if (delay !== undefined) {
    const due = new Date(Date.parse(now) + delay).toISOString();
    await updateNotification(trx, tried.id, { state: 'waiting', problem, due_at: due, due_set_at: now });
    return;
  }
  await giveUp(trx, tried, isOver ? 'dropped' : 'failed', problem, now);
}

async function giveUp(
  trx: Writer,
  { id, kind }: StoredNotification,
  state: 'dropped' | 'failed',
  problem: string,
  now: string,
): Promise<void> {
  await updateNotification(trx, id, { state, problem, settled_at: now });
  if (kind === 'digest') await updateGathered(trx, id, { state, problem, settled_at: now });
}

/** When something of these receivers is due next. */
export async function nextNotificationTime(
  bridge: Bridge,
  receivers: readonly Pick<Receiver, 'name'>[],
): Promise<Date | undefined> {
  const time = await nextDue(
    databaseOf(bridge).read,
    receivers.map(({ name }) => name),
  );
  return time === undefined ? undefined : new Date(time);
}
