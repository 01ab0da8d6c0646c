/** Calls that were allowed and cut off: whether they were made is unknown. */
export const SCHEMA_20 = `
-- When the run ended that had made the allowed call and shown no result of it; NULL: it has not.
ALTER TABLE requests ADD COLUMN cut_off_at TEXT;
-- The request of an equal call that was cut off before this one was asked about; NULL: none.
ALTER TABLE requests ADD COLUMN repeats TEXT;
`;
