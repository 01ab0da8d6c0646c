/** What readers of channels have missed. */
export const SCHEMA_26 = `
-- How many messages went since the channels were full, or these old, before the reader has acknowledged them.
ALTER TABLE readers ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;
-- When the last of them went; NULL: it has been told, or has missed nothing.
ALTER TABLE readers ADD COLUMN dropped_at TEXT;
`;
