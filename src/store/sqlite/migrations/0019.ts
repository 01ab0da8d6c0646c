/** Browsers that are signed in to the HTTP API, the codes that sign one in, and when a credential was last used. */
export const SCHEMA_19 = `
-- SHA-256 of the key that a browser sends beside its cookie, in hex. NULL: it is no browser, and has a token.
ALTER TABLE credentials ADD COLUMN key_digest TEXT;

CREATE TABLE credential_uses (
  name TEXT PRIMARY KEY REFERENCES credentials(name) ON DELETE CASCADE,
  used_at TEXT NOT NULL
);

CREATE TABLE sign_in_codes (
  -- SHA-256 of the code, in hex. A code that was spent is gone.
  code_digest TEXT PRIMARY KEY,
  -- How the browser is called that signs in with it; a number follows where the name is taken.
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  expires_at TEXT NOT NULL
);
`;
