/** When a plan begins: not after its time, and not before what it depends on. */
export const SCHEMA_9 = `
-- NULL: it waits for ever, or it has begun.
ALTER TABLE projects ADD COLUMN expires_at TEXT;
CREATE INDEX projects_expiring ON projects (status, expires_at) WHERE expires_at IS NOT NULL;

-- What the plan asked for, as JSON. What still counts of it are the rows of dependencies.
ALTER TABLE projects ADD COLUMN depends_on TEXT;
CREATE TABLE dependencies (
  project_id TEXT NOT NULL REFERENCES projects (id),
  depends_on TEXT NOT NULL REFERENCES projects (id),
  PRIMARY KEY (project_id, depends_on)
);
CREATE INDEX dependencies_by_needed ON dependencies (depends_on);

-- A program before this step would begin what has expired or waits.
UPDATE meta SET compatible_from = 9;
`;
