/** Who is notified: as the configuration says when a supervisor starts. Nobody is ever told of what was before them. */
import type { NotifyVia } from '../project/notice.ts';
import { newestEventId } from '../store/events.ts';
import { newestMessageNumber } from '../store/message-news.ts';
import type { StoredNotification } from '../store/notifications.ts';
import {
  newestNotifications,
  type ReceiverReport,
  receiverReports,
  removeOldNotifications,
  resumeSending,
} from '../store/outbox.ts';
import { pushDevicesAt } from '../store/push.ts';
import { allReceivers, deleteReceiver, insertReceiver, updateReceiver } from '../store/receivers.ts';
import type { Bridge } from './bridge.ts';
import { type HeldLease, writeHolding } from './lease.ts';
import { databaseOf } from './open-bridge.ts';

export type { ReceiverReport, StoredNotification };

/** A receiver of the configuration. */
export interface ConfiguredReceiver {
  readonly name: string;
  readonly via: NotifyVia;
  /** Of its settings: one with others is tried again, even if it had been turned off. */
  readonly digest: string;
  /** It wants to be told of messages. */
  readonly wantsMessages: boolean;
  /** Of one that is a device: its name. With the device it is forgotten. */
  readonly device: string | null;
}

const MAX_AGE_MS = 30 * 24 * 3_600_000;

/**
 * Makes the receivers of the store those of the configuration: a new one is told of what comes from now on, one that is
 * gone is forgotten with all that it was to be told.
 */
export async function syncReceivers(lease: HeldLease, wanted: readonly ConfiguredReceiver[]): Promise<void> {
  const known = await allReceivers(databaseOf(lease.bridge).read);
  if (known.length === 0 && wanted.length === 0) return;
  await writeHolding(lease, async ({ trx, now }) => {
    const stored = await allReceivers(trx);
    const newestMessage = await newestMessageNumber(trx);
    for (const { name } of stored)
      if (!wanted.some((receiver) => receiver.name === name)) await deleteReceiver(trx, name);
    const devices = (await pushDevicesAt(trx, now)).map((device) => device.name);
    for (const { name, via, digest, wantsMessages, device } of wanted) {
      // It was removed, or signed out, since it was read.
      if (device !== null && !devices.includes(device)) continue;
      const before = stored.find((receiver) => receiver.name === name);
      const message_number = wantsMessages ? (before?.messageNumber ?? newestMessage) : null;
      if (before === undefined)
        await insertReceiver(trx, {
          ...{ name, via, digest, message_number, device },
          event_id: await newestEventId(trx),
        });
      else if (before.digest !== digest)
        await updateReceiver(trx, name, {
          via,
          digest,
          message_number,
          off_reason: null,
          problem: null,
          problem_since: null,
        });
    }
  });
}

/** What a predecessor was sending when it ended is tried once more; what is over for long is removed. */
export async function resumeNotifications(lease: HeldLease): Promise<void> {
  if ((await allReceivers(databaseOf(lease.bridge).read)).length === 0) return;
  await writeHolding(lease, async ({ trx, now }) => {
    await resumeSending(trx, now);
    await removeOldNotifications(trx, new Date(Date.parse(now) - MAX_AGE_MS).toISOString());
  });
}

/** All receivers, and the newest notifications, newest first. */
export async function notificationReport(
  bridge: Bridge,
  limit: number,
): Promise<{ receivers: ReceiverReport[]; notifications: StoredNotification[] }> {
  const { read } = databaseOf(bridge);
  return { receivers: await receiverReports(read), notifications: await newestNotifications(read, limit) };
}

/** A receiver has answered a test: it is on again, and its failures are over. Does nothing where there is none. */
export async function recordTest(bridge: Bridge, name: string): Promise<void> {
  await databaseOf(bridge).write(async ({ trx, now }) => {
    await updateReceiver(trx, name, {
      off_reason: null,
      problem: null,
      problem_since: null,
      last_sent_at: now,
    });
  });
}
