/** No CHECK on a list that grows; costs that nobody knows; updates repeated only within their run. */
export const SCHEMA_2 = `
-- Without CHECKs on the lists that grow. A run's cost may be unknown, and its first answer from the model has a time.
CREATE TABLE new_projects (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  status TEXT NOT NULL,
  workspace TEXT NOT NULL,
  priority INTEGER NOT NULL,
  model TEXT,
  max_turns INTEGER,
  timeout_ms INTEGER,
  budget_usd REAL,
  claimed_by TEXT,
  session_id TEXT,
  round INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  not_before TEXT,
  attention TEXT,
  request_id TEXT UNIQUE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
INSERT INTO new_projects SELECT id, title, status, workspace, priority, model, max_turns, timeout_ms, budget_usd,
  claimed_by, session_id, round, tries, not_before, attention, request_id, created_at, updated_at FROM projects;
DROP TABLE projects;
ALTER TABLE new_projects RENAME TO projects;
CREATE INDEX projects_ready ON projects (priority DESC, created_at, id)
  WHERE CASE WHEN status = 'pending' THEN 1
    WHEN status IN ('in_progress', 'rejected') AND claimed_by = 'supervisor' THEN 1 ELSE 0 END = 1;
CREATE INDEX projects_backing_off ON projects (not_before) WHERE not_before IS NOT NULL;
CREATE INDEX projects_by_status ON projects (status, created_at, id);
CREATE INDEX projects_by_age ON projects (created_at, id);

CREATE TABLE new_runs (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  project_id TEXT NOT NULL REFERENCES projects (id),
  kind TEXT NOT NULL,
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
  -- NULL: requests were made, and nobody knows what they cost.
  cost_usd REAL,
  -- How cost_usd is known: 'reported', 'estimated' or 'unknown'.
  cost_basis TEXT NOT NULL,
  outcome TEXT,
  outcome_data TEXT,
  created_at TEXT NOT NULL,
  spawned_at TEXT,
  ready_at TEXT,
  -- When the model first answered.
  answered_at TEXT,
  ended_at TEXT
);
INSERT INTO new_runs SELECT number, id, project_id, kind, round, workspace, session_id, model, model_used, pid,
  pid_started_at, claude_version, live, fingerprint, cost_usd, 'reported', outcome, outcome_data, created_at,
  spawned_at, ready_at, CASE WHEN cost_usd > 0 OR outcome = 'submitted' THEN ready_at END, ended_at FROM runs;
DROP TABLE runs;
ALTER TABLE new_runs RENAME TO runs;
CREATE UNIQUE INDEX runs_open_by_project ON runs (project_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX runs_open_by_workspace ON runs (workspace) WHERE ended_at IS NULL;
CREATE INDEX runs_by_project ON runs (project_id, number);
CREATE INDEX runs_by_age ON runs (created_at);
CREATE INDEX runs_open ON runs (number) WHERE ended_at IS NULL;
CREATE INDEX runs_by_answer ON runs (answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX runs_by_end ON runs (ended_at) WHERE ended_at IS NOT NULL;

-- Some services give the same id to a call of each conversation: a call is repeated only within its run.
CREATE TABLE new_updates (
  id INTEGER PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  run_id TEXT REFERENCES runs (id),
  message TEXT NOT NULL,
  request_id TEXT,
  created_at TEXT NOT NULL
);
INSERT INTO new_updates SELECT id, project_id, run_id, message, request_id, created_at FROM updates;
DROP TABLE updates;
ALTER TABLE new_updates RENAME TO updates;
CREATE UNIQUE INDEX updates_by_request ON updates (project_id, request_id, ifnull(run_id, ''));
CREATE INDEX updates_by_project ON updates (project_id, id);

CREATE TABLE new_holds (
  kind TEXT NOT NULL,
  scope TEXT NOT NULL,
  reason TEXT NOT NULL,
  since TEXT NOT NULL,
  until TEXT,
  PRIMARY KEY (kind, scope)
);
INSERT INTO new_holds SELECT kind, scope, reason, since, until FROM holds;
DROP TABLE holds;
ALTER TABLE new_holds RENAME TO holds;
`;
