/** Channels: messages of agents to each other, and how far each reader has come. */
export const SCHEMA_18 = `
-- A channel lives from its first message to its last. AUTOINCREMENT: no number comes again.
CREATE TABLE channel_messages (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  channel TEXT NOT NULL,
  sender TEXT NOT NULL,
  -- Of the content, in UTF-8. It stands before it, so that adding them up reads no content.
  bytes INTEGER NOT NULL,
  -- As it was sent; a structured message as its JSON text.
  content TEXT NOT NULL,
  -- A repetition with the same key and content is the same message.
  dedupe_key TEXT,
  content_hash TEXT,
  created_at TEXT NOT NULL,
  -- When it came into this store: later than created_at where it was imported.
  stored_at TEXT NOT NULL
);
CREATE INDEX channel_messages_by_channel ON channel_messages (channel, number);
CREATE INDEX channel_messages_by_age ON channel_messages (stored_at, bytes);
CREATE UNIQUE INDEX channel_messages_by_key ON channel_messages (channel, sender, dedupe_key)
  WHERE dedupe_key IS NOT NULL;

-- Up to which message a reader has acknowledged a channel.
CREATE TABLE readers (
  reader TEXT NOT NULL,
  channel TEXT NOT NULL,
  number INTEGER NOT NULL,
  message_id TEXT,
  metadata TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (reader, channel)
);

-- Single messages that a reader has read, where that is no matter of order.
CREATE TABLE reads (
  reader TEXT NOT NULL,
  number INTEGER NOT NULL REFERENCES channel_messages (number) ON DELETE CASCADE,
  read_at TEXT NOT NULL,
  PRIMARY KEY (reader, number)
);
CREATE INDEX reads_by_number ON reads (number);
`;
