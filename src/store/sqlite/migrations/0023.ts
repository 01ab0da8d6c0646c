/** The shared memory: facts by key, with each version of them. */
export const SCHEMA_23 = `
-- Each version of each key. AUTOINCREMENT: no version comes again, of whatever key.
CREATE TABLE memory (
  version INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL,
  -- Of the value, in UTF-8; 0: the key was deleted with this version.
  bytes INTEGER NOT NULL,
  author TEXT NOT NULL,
  -- The run of the supervisor that wrote it; NULL: none did.
  run_id TEXT,
  written_at TEXT NOT NULL,
  -- When the next version of the key came; NULL: this is the newest.
  superseded_at TEXT,
  -- JSON; NULL: the key was deleted. It stands last, so that lists read no value.
  value TEXT
);
CREATE UNIQUE INDEX memory_newest ON memory (key) WHERE superseded_at IS NULL;
CREATE INDEX memory_by_key ON memory (key, version);
CREATE INDEX memory_current ON memory (superseded_at, key, bytes, written_at);
`;
