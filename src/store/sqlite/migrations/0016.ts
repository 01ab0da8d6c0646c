/** Plans that are done again and again, and which slot a project is of. */
export const SCHEMA_16 = `
CREATE TABLE schedules (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  markdown TEXT NOT NULL,
  place TEXT,
  cron TEXT NOT NULL,
  timezone TEXT NOT NULL,
  state TEXT NOT NULL,
  problem TEXT,
  -- None at or before it is taken up.
  last_slot TEXT NOT NULL,
  request_id TEXT UNIQUE,
  created_at TEXT NOT NULL
);
ALTER TABLE projects ADD COLUMN schedule_id TEXT REFERENCES schedules (id);
-- NULL: a person had it run.
ALTER TABLE projects ADD COLUMN slot TEXT;
CREATE UNIQUE INDEX projects_by_slot ON projects (schedule_id, slot) WHERE slot IS NOT NULL;
CREATE INDEX projects_by_schedule ON projects (schedule_id, created_at) WHERE schedule_id IS NOT NULL;

-- A program before this step would let the slots pass.
UPDATE meta SET compatible_from = 16;
`;
