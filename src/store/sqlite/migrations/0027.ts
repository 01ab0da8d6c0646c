/** Browsers that are notified by Web Push. */
export const SCHEMA_27 = `
-- By which push services know us.
CREATE TABLE push_keys (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  public_key TEXT NOT NULL,
  -- It is secret.
  private_key TEXT NOT NULL,
  created_at TEXT NOT NULL
);
CREATE TABLE push_devices (
  -- The browser that is signed in. Whoever is signed out is told nothing more.
  name TEXT PRIMARY KEY REFERENCES credentials (name) ON DELETE CASCADE,
  -- Where its push service takes what is for it.
  endpoint TEXT NOT NULL UNIQUE,
  p256dh TEXT NOT NULL,
  auth TEXT NOT NULL,
  created_at TEXT NOT NULL
);
-- A receiver that is one device; NULL: it is another.
ALTER TABLE receivers ADD COLUMN device TEXT REFERENCES push_devices (name) ON DELETE CASCADE;
CREATE INDEX receivers_of_device ON receivers (device) WHERE device IS NOT NULL;
`;
