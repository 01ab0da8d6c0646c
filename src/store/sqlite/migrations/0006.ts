/** The run under way stands in the row of its project, so that the queue leaves out what is worked on. */
export const SCHEMA_6 = `
ALTER TABLE projects ADD COLUMN run_id TEXT REFERENCES runs (id);
UPDATE projects SET run_id = (SELECT id FROM runs WHERE project_id = projects.id AND ended_at IS NULL);
DROP INDEX projects_ready;
CREATE INDEX projects_ready ON projects (priority DESC, created_at, id)
  WHERE run_id IS NULL AND CASE WHEN status = 'pending' THEN 1
    WHEN status IN ('in_progress', 'rejected') AND claimed_by = 'supervisor' THEN 1 ELSE 0 END = 1;
-- A program before this step would start and end runs without keeping it.
UPDATE meta SET compatible_from = 6;
`;
