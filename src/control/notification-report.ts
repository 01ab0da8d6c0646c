import type { Bridge } from '../bridge/bridge.ts';
import { notificationReport, type ReceiverReport, type StoredNotification } from '../bridge/receivers.ts';
import type { ReceiverSettings } from '../config-notify.ts';
import type { NotifyVia } from '../project/notice.ts';
import { presentTargets } from './present-targets.ts';

/** A receiver of the configuration, and what the store knows of it; undefined: no supervisor has started with it yet. */
export interface ListedReceiver {
  readonly name: string;
  readonly via: NotifyVia;
  readonly stored: ReceiverReport | undefined;
  /** False: one of `push` that no browser has asked for yet. */
  readonly isAskedFor: boolean;
}

/** Who is notified as the configuration says, by name, and the newest notifications, newest first. Throws StoreError. */
export async function listNotifications(
  bridge: Bridge,
  configured: readonly ReceiverSettings[],
  limit: number,
): Promise<{ receivers: ListedReceiver[]; notifications: StoredNotification[] }> {
  const { receivers, notifications } = await notificationReport(bridge, limit);
  return {
    receivers: (await presentTargets(bridge, configured))
      .map(({ receiver, target }) => {
        const { name, via } = target ?? receiver;
        const stored = receivers.find((known) => known.name === name);
        return { name, via, stored, isAskedFor: target !== undefined };
      })
      .sort((one, other) => (one.name < other.name ? -1 : 1)),
    notifications,
  };
}
