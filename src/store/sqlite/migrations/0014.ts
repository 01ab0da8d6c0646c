/** Revisions of a plan: who amended it, which one a run works on, and which one a message tells of. */
export const SCHEMA_14 = `
-- Of an amendment; NULL: the plan as it was sent.
ALTER TABLE plans ADD COLUMN amended_by TEXT;
ALTER TABLE plans ADD COLUMN request_id TEXT;
CREATE UNIQUE INDEX plans_by_request ON plans (project_id, request_id) WHERE request_id IS NOT NULL;
ALTER TABLE runs ADD COLUMN plan_revision INTEGER NOT NULL DEFAULT 1;
-- NULL: words of a person.
ALTER TABLE messages ADD COLUMN plan_revision INTEGER;

-- A program before this step would tell Claude that a plan was amended, and not how.
UPDATE meta SET compatible_from = 14;
`;
