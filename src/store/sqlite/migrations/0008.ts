/** What the supervisor measures of a round, where it works, and what became of approved work. */
export const SCHEMA_8 = `
-- Where a parked project goes on, and what its plan asks for.
ALTER TABLE projects ADD COLUMN attention_from TEXT;
UPDATE projects SET attention_from = 'in_progress' WHERE status = 'attention';
ALTER TABLE projects ADD COLUMN isolation TEXT;
ALTER TABLE projects ADD COLUMN base TEXT;
ALTER TABLE projects ADD COLUMN checks TEXT;
ALTER TABLE projects ADD COLUMN on_approve TEXT;
ALTER TABLE projects ADD COLUMN max_rounds INTEGER;

-- A repair submits the same round again.
CREATE TABLE new_completions (
  id INTEGER PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  round INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  run_id TEXT REFERENCES runs (id),
  files_created TEXT NOT NULL,
  files_modified TEXT NOT NULL,
  summary TEXT NOT NULL,
  caveats TEXT NOT NULL,
  request_id TEXT,
  created_at TEXT NOT NULL,
  UNIQUE (project_id, round, attempt)
);
INSERT INTO new_completions SELECT id, project_id, round, 1, run_id, files_created, files_modified, summary, caveats,
  request_id, created_at FROM completions;
DROP TABLE completions;
ALTER TABLE new_completions RENAME TO completions;

CREATE TABLE worktrees (
  project_id TEXT PRIMARY KEY REFERENCES projects (id),
  repo TEXT NOT NULL,
  path TEXT NOT NULL,
  subdir TEXT NOT NULL,
  branch TEXT NOT NULL,
  base_ref TEXT,
  base_oid TEXT NOT NULL,
  measure_dir TEXT NOT NULL,
  config_digest TEXT,
  refs_digest TEXT,
  state TEXT NOT NULL,
  prepared_at TEXT,
  prepare_exit INTEGER,
  created_at TEXT NOT NULL,
  removed_at TEXT
);

-- What was measured of a round: the newest attempt counts.
CREATE TABLE evidence (
  id INTEGER PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  round INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  run_id TEXT REFERENCES runs (id),
  base_oid TEXT,
  tree TEXT,
  commit_oid TEXT,
  -- NULL: there are no checks.
  checks_passed INTEGER,
  data TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (project_id, round, attempt)
);

-- What was decided on: the tree of the evidence that counted then. bound: whoever decided named it.
ALTER TABLE approvals ADD COLUMN tree TEXT;
ALTER TABLE approvals ADD COLUMN base_oid TEXT;
ALTER TABLE approvals ADD COLUMN decided_via TEXT NOT NULL DEFAULT 'cli';
ALTER TABLE approvals ADD COLUMN bound INTEGER NOT NULL DEFAULT 0;
ALTER TABLE approvals ADD COLUMN evidence_id INTEGER REFERENCES evidence (id);
UPDATE approvals SET decided_via = 'desktop' WHERE decided_by = 'desktop';

CREATE TABLE landings (
  id INTEGER PRIMARY KEY,
  approval_id INTEGER NOT NULL REFERENCES approvals (id),
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  from_oid TEXT,
  to_oid TEXT,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL,
  created_at TEXT NOT NULL
);
CREATE INDEX landings_by_approval ON landings (approval_id, id);

-- A program before this step would leave submitted work unmeasured, and take approved work that did not land for done.
UPDATE meta SET compatible_from = 8;
`;
