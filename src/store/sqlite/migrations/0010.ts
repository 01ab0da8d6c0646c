/** What Claude Code asks a person in the middle of its work. */
export const SCHEMA_10 = `
CREATE TABLE requests (
  id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  -- The run that asked last, or is to tell Claude what was decided.
  run_id TEXT NOT NULL REFERENCES runs (id),
  kind TEXT NOT NULL,
  tool_use_id TEXT NOT NULL,
  tool_name TEXT NOT NULL,
  -- As it came; the hash is that of its canonical form, with the name of the tool.
  input TEXT NOT NULL,
  input_hash TEXT NOT NULL,
  agent_id TEXT,
  question TEXT NOT NULL,
  options TEXT NOT NULL,
  default_answer TEXT,
  deadline TEXT,
  state TEXT NOT NULL,
  scope TEXT,
  answer TEXT,
  decided_by TEXT,
  decided_via TEXT,
  created_at TEXT NOT NULL,
  deferred_at TEXT,
  decided_at TEXT,
  told_at TEXT
);
CREATE INDEX requests_by_project ON requests (project_id, created_at, id);
CREATE INDEX requests_by_input ON requests (project_id, input_hash);
CREATE INDEX requests_undecided ON requests (created_at, id) WHERE state IN ('open', 'deferred');

-- The run that a message was written to, and that has not taken it in yet.
ALTER TABLE messages ADD COLUMN sent_to TEXT REFERENCES runs (id);

-- A program before this step does not know the status awaiting_answer.
UPDATE meta SET compatible_from = 10;
`;
