/** Who may call the HTTP API. */
export const SCHEMA_13 = `
CREATE TABLE credentials (
  name TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  -- The public half of the token, by which it is found.
  token_id TEXT NOT NULL UNIQUE,
  -- SHA-256 of the whole token, in hex. The token itself is nowhere.
  token_digest TEXT NOT NULL,
  created_at TEXT NOT NULL,
  -- NULL: it does not expire.
  expires_at TEXT
);
`;
