/**
 * Room for several machines and accounts: a lease for each machine, runs and holds that say whose they are, a workspace by
 * the name that the plan used, and what a run is doing now beside the history.
 */
export const SCHEMA_7 = `
-- SQLite has one machine, 'local'.
CREATE TABLE new_supervisor (
  machine_id TEXT PRIMARY KEY,
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
INSERT INTO new_supervisor
  SELECT 'local', token, pid, pid_started_at, version, started_at, renewed_at, expires_at, stop_requested_at, degraded_reason
  FROM supervisor;
DROP TABLE supervisor;
ALTER TABLE new_supervisor RENAME TO supervisor;

ALTER TABLE runs ADD COLUMN machine_id TEXT NOT NULL DEFAULT 'local';
-- Who pays; empty: the login of the machine.
ALTER TABLE runs ADD COLUMN account TEXT NOT NULL DEFAULT '';
DROP INDEX runs_open_by_workspace;
CREATE UNIQUE INDEX runs_open_by_workspace ON runs (machine_id, workspace) WHERE ended_at IS NULL;

-- What a run under way is doing: overwritten all the time, and gone when the run ends.
CREATE TABLE run_live (
  run_id TEXT PRIMARY KEY REFERENCES runs (id),
  state TEXT NOT NULL
);
INSERT INTO run_live (run_id, state) SELECT id, live FROM runs WHERE ended_at IS NULL;
-- How far a run had come when it ended.
ALTER TABLE runs ADD COLUMN progress TEXT;
UPDATE runs SET progress = live WHERE ended_at IS NOT NULL;
ALTER TABLE runs DROP COLUMN live;

-- What the plan asked for: the name of a workspace or a path; NULL: nothing. The folder of its own that a project got
-- below the state folder was not asked for.
ALTER TABLE projects ADD COLUMN place TEXT;
UPDATE projects SET place = workspace WHERE workspace NOT LIKE '%_workspaces_' || id;

CREATE TABLE new_holds (
  kind TEXT NOT NULL,
  -- Whose runs are held: 'fleet', 'machine:ID' or 'account:NAME'.
  subject TEXT NOT NULL,
  scope TEXT NOT NULL,
  reason TEXT NOT NULL,
  since TEXT NOT NULL,
  until TEXT,
  source TEXT NOT NULL,
  -- The run that finds out whether it is over.
  probe_run_id TEXT REFERENCES runs (id),
  PRIMARY KEY (kind, subject, scope)
);
INSERT INTO new_holds
  SELECT kind,
    CASE WHEN kind = 'paused' THEN 'fleet'
      WHEN kind IN ('usage_limit', 'not_logged_in', 'billing', 'reserve') THEN 'account:'
      ELSE 'machine:local' END,
    scope, reason, since, until, source, NULL
  FROM holds;
DROP TABLE holds;
ALTER TABLE new_holds RENAME TO holds;

CREATE TABLE new_quota (
  account TEXT NOT NULL,
  "window" TEXT NOT NULL,
  utilization REAL,
  status TEXT NOT NULL,
  resets_at TEXT,
  seen_at TEXT NOT NULL,
  PRIMARY KEY (account, "window")
);
INSERT INTO new_quota SELECT '', "window", utilization, status, resets_at, seen_at FROM quota;
DROP TABLE quota;
ALTER TABLE new_quota RENAME TO quota;

-- A program before this step knows none of these.
UPDATE meta SET compatible_from = 7;
`;
