/** What a person allows as they send work back. */
export const SCHEMA_15 = `
-- Rules for the rest of its project, as JSON; NULL: none.
ALTER TABLE approvals ADD COLUMN allowed TEXT;
`;
