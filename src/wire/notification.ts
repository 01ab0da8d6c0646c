import type { NotificationKind, NotificationState, NotifyVia } from '../project/notice.ts';
import type {
  WireNotification,
  WireNotificationList,
  WireReceiver,
  WireTestedReceiver,
} from './schemas/notification.ts';

/** A receiver of the configuration, and what the store knows of it; undefined: nothing yet. */
export interface KnownReceiver {
  readonly name: string;
  readonly via: NotifyVia;
  readonly stored:
    | {
        readonly offReason: string | null;
        readonly problem: string | null;
        readonly problemSince: string | null;
        readonly lastSentAt: string | null;
        readonly waiting: number;
        readonly failed: number;
      }
    | undefined;
  /** False: no browser has asked for it yet. */
  readonly isAskedFor: boolean;
}

/** Where a receiver stands, in a word. */
export function receiverState({ stored, isAskedFor }: KnownReceiver): WireReceiver['state'] {
  if (!isAskedFor) return 'unasked';
  if (stored === undefined) return 'new';
  if (stored.offReason !== null) return 'off';
  return stored.problem === null ? 'on' : 'failing';
}

function toWireReceiver(receiver: KnownReceiver): WireReceiver {
  const { name, via, stored } = receiver;
  return {
    name,
    via,
    state: receiverState(receiver),
    problem: stored?.offReason ?? stored?.problem ?? null,
    problem_since: stored?.problemSince ?? null,
    last_sent_at: stored?.lastSentAt ?? null,
    waiting: stored?.waiting ?? 0,
    failed: stored?.failed ?? 0,
  };
}

interface ListedNotification {
  readonly id: string;
  readonly receiver: string;
  readonly kind: NotificationKind;
  readonly projectId: string | null;
  readonly requestId: string | null;
  readonly state: NotificationState;
  readonly digestId: string | null;
  readonly tries: number;
  readonly dueAt: string;
  readonly problem: string | null;
  readonly createdAt: string;
  readonly sentAt: string | null;
  readonly settledAt: string | null;
}

function toWireNotification(one: ListedNotification): WireNotification {
  return {
    id: one.id,
    receiver: one.receiver,
    kind: one.kind,
    project_id: one.projectId,
    request_id: one.requestId,
    state: one.state,
    digest_id: one.digestId,
    tries: one.tries,
    due_at: one.dueAt,
    problem: one.problem,
    created_at: one.createdAt,
    sent_at: one.sentAt,
    settled_at: one.settledAt,
  };
}

export function toWireNotificationList(list: {
  readonly receivers: readonly KnownReceiver[];
  readonly notifications: readonly ListedNotification[];
}): WireNotificationList {
  return {
    receivers: list.receivers.map(toWireReceiver),
    notifications: list.notifications.map(toWireNotification),
  };
}

export function toWireTestedReceiver({
  receiver: { name, via },
  problem,
}: {
  readonly receiver: { readonly name: string; readonly via: NotifyVia };
  readonly problem: string | null;
}): WireTestedReceiver {
  return { name, via, sent: problem === null, problem };
}
