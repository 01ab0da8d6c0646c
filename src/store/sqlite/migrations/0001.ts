/** The first tables. */
export const SCHEMA_1 = `
CREATE TABLE projects (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'in_progress', 'verifying', 'awaiting_approval', 'rejected', 'approved', 'complete', 'cancelled', 'attention')),
  workspace TEXT NOT NULL,
  priority INTEGER NOT NULL,
  model TEXT,
  max_turns INTEGER,
  timeout_ms INTEGER,
  budget_usd REAL,
  claimed_by TEXT CHECK (claimed_by IN ('supervisor', 'code')),
  session_id TEXT,
  round INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  not_before TEXT,
  attention TEXT,
  request_id TEXT UNIQUE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
-- What the supervisor may start next, in the order it starts it. The condition is one expression, the same in the
-- query: written as separate terms it would lead the planner to another index, and to sorting the whole queue.
CREATE INDEX projects_ready ON projects (priority DESC, created_at, id)
  WHERE CASE WHEN status = 'pending' THEN 1
    WHEN status IN ('in_progress', 'rejected') AND claimed_by = 'supervisor' THEN 1 ELSE 0 END = 1;
CREATE INDEX projects_backing_off ON projects (not_before) WHERE not_before IS NOT NULL;
CREATE INDEX projects_by_status ON projects (status, created_at, id);
CREATE INDEX projects_by_age ON projects (created_at, id);

CREATE TABLE plans (
  project_id TEXT NOT NULL REFERENCES projects (id),
  revision INTEGER NOT NULL,
  markdown TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (project_id, revision)
);

CREATE TABLE runs (
  -- In which order they were recorded: clocks are set back.
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  project_id TEXT NOT NULL REFERENCES projects (id),
  kind TEXT NOT NULL CHECK (kind IN ('execute', 'revise', 'resume')),
  round INTEGER NOT NULL,
  workspace TEXT NOT NULL,
  session_id TEXT NOT NULL,
  model TEXT,
  model_used TEXT,
  pid INTEGER,
  pid_started_at TEXT,
  claude_version TEXT,
  live TEXT NOT NULL,
  fingerprint TEXT,
  cost_usd REAL NOT NULL,
  outcome TEXT,
  outcome_data TEXT,
  created_at TEXT NOT NULL,
  spawned_at TEXT,
  ready_at TEXT,
  ended_at TEXT
);
-- At most one open run per project, and one per workspace.
CREATE UNIQUE INDEX runs_open_by_project ON runs (project_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX runs_open_by_workspace ON runs (workspace) WHERE ended_at IS NULL;
CREATE INDEX runs_by_project ON runs (project_id, number);
CREATE INDEX runs_by_age ON runs (created_at);
CREATE INDEX runs_open ON runs (number) WHERE ended_at IS NULL;

CREATE TABLE updates (
  id INTEGER PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  run_id TEXT REFERENCES runs (id),
  message TEXT NOT NULL,
  request_id TEXT,
  created_at TEXT NOT NULL,
  UNIQUE (project_id, request_id)
);
CREATE INDEX updates_by_project ON updates (project_id, id);

CREATE TABLE completions (
  id INTEGER PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  round INTEGER NOT NULL,
  run_id TEXT REFERENCES runs (id),
  files_created TEXT NOT NULL,
  files_modified TEXT NOT NULL,
  summary TEXT NOT NULL,
  caveats TEXT NOT NULL,
  request_id TEXT,
  created_at TEXT NOT NULL,
  UNIQUE (project_id, round)
);

CREATE TABLE approvals (
  id INTEGER PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  round INTEGER NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('approved', 'rejected')),
  reason TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (project_id, round)
);

CREATE TABLE messages (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  project_id TEXT NOT NULL REFERENCES projects (id),
  message TEXT NOT NULL,
  request_id TEXT,
  run_id TEXT REFERENCES runs (id),
  created_at TEXT NOT NULL,
  delivered_at TEXT,
  UNIQUE (project_id, request_id)
);
CREATE INDEX messages_waiting ON messages (project_id, number) WHERE delivered_at IS NULL;

CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id TEXT REFERENCES projects (id),
  run_id TEXT REFERENCES runs (id),
  type TEXT NOT NULL,
  actor TEXT NOT NULL,
  data TEXT NOT NULL,
  created_at TEXT NOT NULL
);
CREATE INDEX events_by_project ON events (project_id, id);

CREATE TABLE holds (
  kind TEXT NOT NULL CHECK (kind IN ('paused', 'usage_limit', 'not_logged_in', 'billing', 'claude_missing', 'tools_missing', 'disk_low', 'quiet_hours', 'reserve')),
  scope TEXT NOT NULL,
  reason TEXT NOT NULL,
  since TEXT NOT NULL,
  until TEXT,
  PRIMARY KEY (kind, scope)
);

CREATE TABLE quota (
  "window" TEXT PRIMARY KEY,
  utilization REAL,
  status TEXT NOT NULL,
  resets_at TEXT,
  seen_at TEXT NOT NULL
);

CREATE TABLE supervisor (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  token TEXT NOT NULL,
  pid INTEGER NOT NULL,
  pid_started_at TEXT NOT NULL,
  version TEXT NOT NULL,
  started_at TEXT NOT NULL,
  renewed_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  stop_requested_at TEXT,
  degraded_reason TEXT
);
`;
