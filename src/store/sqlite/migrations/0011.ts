/** What a plan lets Claude do, within what the owner allows, and how long its questions wait. */
export const SCHEMA_11 = `
ALTER TABLE projects ADD COLUMN permission_mode TEXT;
-- Rules, as JSON.
ALTER TABLE projects ADD COLUMN deny TEXT;
ALTER TABLE projects ADD COLUMN ask TEXT;
ALTER TABLE projects ADD COLUMN answer_after_ms INTEGER;
-- A program before this step would give a run more than its plan lets it have.
UPDATE meta SET compatible_from = 11;
`;
