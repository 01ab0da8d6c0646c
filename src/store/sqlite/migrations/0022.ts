/** Scripts of the owner that an agent had run, and projects whose completion is the answer to an agent. */
export const SCHEMA_22 = `
CREATE TABLE script_runs (
  -- Their order.
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  -- As the owner allows it.
  script TEXT NOT NULL,
  -- A list as JSON, without secrets.
  args TEXT NOT NULL,
  cwd TEXT NOT NULL,
  timeout_ms INTEGER NOT NULL,
  -- The run of the supervisor that asked, and its project; NULL: a session of a person.
  run_id TEXT,
  project_id TEXT,
  -- A repetition with the same key and request is the same run.
  dedupe_key TEXT,
  content_hash TEXT,
  state TEXT NOT NULL,
  exit_code INTEGER,
  signal TEXT,
  -- Why it did not start.
  failure TEXT,
  -- The last part of each stream, without secrets, and how much it was.
  stdout TEXT NOT NULL DEFAULT '',
  stderr TEXT NOT NULL DEFAULT '',
  stdout_bytes INTEGER NOT NULL DEFAULT 0,
  stderr_bytes INTEGER NOT NULL DEFAULT 0,
  -- The process that runs it, and its machine.
  machine_id TEXT NOT NULL,
  owner_pid INTEGER NOT NULL,
  owner_started_at TEXT NOT NULL,
  -- When and why it was to be cancelled; NULL: it was not.
  cancel_asked_at TEXT,
  cancel_reason TEXT,
  created_at TEXT NOT NULL,
  ended_at TEXT
);
CREATE INDEX script_runs_running ON script_runs (machine_id) WHERE state = 'running';
CREATE INDEX script_runs_by_end ON script_runs (ended_at) WHERE ended_at IS NOT NULL;
CREATE UNIQUE INDEX script_runs_by_key ON script_runs (dedupe_key, COALESCE(run_id, ''))
  WHERE dedupe_key IS NOT NULL;

CREATE TABLE escalations (
  project_id TEXT PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
  -- A repetition with the same key and request is the same project.
  dedupe_key TEXT UNIQUE,
  content_hash TEXT NOT NULL,
  -- What its run may do: plan, readonly, edit or full.
  permission_scope TEXT NOT NULL,
  -- 1: a person decides on its work first.
  needs_approval INTEGER NOT NULL,
  created_at TEXT NOT NULL
);
`;
