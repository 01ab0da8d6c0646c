/** The tables of those who are notified, as Kysely sees them. */
import type { Generated } from 'kysely';
import type { ProjectId, RequestId } from '../project/ids.ts';
import type { NotificationKind, NotificationState, NotifyVia } from '../project/notice.ts';

export interface NotificationTables {
  /** Who is notified, as configured when a supervisor last started. */
  receivers: {
    name: string;
    via: NotifyVia;
    /** Of its settings. */
    digest: string;
    /** The newest event that it has been told of, or that was there before it. */
    event_id: number;
    /** The newest message that it has been told of, or that was there before it; null: it is told of none. */
    message_number: Generated<number | null>;
    off_reason: Generated<string | null>;
    problem: Generated<string | null>;
    problem_since: Generated<string | null>;
    last_sent_at: Generated<string | null>;
    /** Of one that is a device: its name. */
    device: Generated<string | null>;
  };
  /** One row: by which push services know us. */
  push_keys: {
    id: number;
    public_key: string;
    private_key: string;
    created_at: string;
  };
  /** Browsers that want to be told by Web Push, by the name under which they are signed in. */
  push_devices: {
    name: string;
    endpoint: string;
    p256dh: string;
    auth: string;
    created_at: string;
  };
  /** What a receiver is, will be or was told. */
  notifications: {
    /** Their order. */
    number: Generated<number>;
    id: string;
    receiver: string;
    /** Null: a digest, or a message. */
    event_id: number | null;
    /** Of a message, which may be gone. */
    message_number: Generated<number | null>;
    kind: NotificationKind;
    /** Of a reminder: 1, 2, ... */
    nth: Generated<number>;
    tag: string;
    project_id: ProjectId | null;
    request_id: RequestId | null;
    state: NotificationState;
    /** The one that tells of this beside others. */
    digest_id: Generated<string | null>;
    tries: Generated<number>;
    due_at: string;
    due_set_at: string;
    problem: Generated<string | null>;
    /** By which it can be replaced where it is shown. */
    receipt: Generated<string | null>;
    created_at: string;
    sent_at: Generated<string | null>;
    settled_at: Generated<string | null>;
    remind_at: Generated<string | null>;
  };
}
