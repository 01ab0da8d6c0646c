/** Who is notified of what. */
export const SCHEMA_21 = `
CREATE TABLE receivers (
  name TEXT PRIMARY KEY,
  via TEXT NOT NULL,
  -- Of its settings. With others it is tried again.
  digest TEXT NOT NULL,
  -- The newest event that it has been told of, or that was there before it.
  event_id INTEGER NOT NULL,
  -- Why nothing is sent to it any more; NULL: it is on.
  off_reason TEXT,
  -- Why the newest try failed; NULL: it did not.
  problem TEXT,
  problem_since TEXT,
  last_sent_at TEXT
);
CREATE TABLE notifications (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  receiver TEXT NOT NULL REFERENCES receivers (name) ON DELETE CASCADE,
  -- NULL: a digest.
  event_id INTEGER,
  kind TEXT NOT NULL,
  -- Of a reminder: 1, 2, ...; what it reminds of has the same event.
  nth INTEGER NOT NULL DEFAULT 0,
  tag TEXT NOT NULL,
  project_id TEXT,
  request_id TEXT,
  state TEXT NOT NULL,
  -- The one that tells of this beside others.
  digest_id TEXT,
  tries INTEGER NOT NULL DEFAULT 0,
  due_at TEXT NOT NULL,
  -- When due_at was set: a time to come means that the clock was set back.
  due_set_at TEXT NOT NULL,
  problem TEXT,
  -- By which it can be replaced where it is shown.
  receipt TEXT,
  created_at TEXT NOT NULL,
  sent_at TEXT,
  settled_at TEXT,
  remind_at TEXT
);
CREATE UNIQUE INDEX notifications_by_event ON notifications (receiver, event_id, kind, nth);
CREATE INDEX notifications_waiting ON notifications (receiver, due_at) WHERE state = 'waiting';
CREATE INDEX notifications_tried ON notifications (receiver, due_at) WHERE state = 'waiting' AND tries > 0;
CREATE INDEX notifications_open ON notifications (tag, receiver) WHERE settled_at IS NULL;
CREATE INDEX notifications_to_remind ON notifications (receiver, remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX notifications_of_digest ON notifications (digest_id) WHERE digest_id IS NOT NULL;
`;
