-- Schema version 27. Made by `npm run schema` from the migrations; not read by the program.

CREATE TABLE approvals (
  id INTEGER PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  round INTEGER NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('approved', 'rejected')),
  reason TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  created_at TEXT NOT NULL, tree TEXT, base_oid TEXT, decided_via TEXT NOT NULL DEFAULT 'cli', bound INTEGER NOT NULL DEFAULT 0, evidence_id INTEGER REFERENCES evidence (id), revise_in TEXT, allowed TEXT,
  UNIQUE (project_id, round)
);

CREATE TABLE channel_messages (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  channel TEXT NOT NULL,
  sender TEXT NOT NULL,
  -- Of the content, in UTF-8. It stands before it, so that adding them up reads no content.
  bytes INTEGER NOT NULL,
  -- As it was sent; a structured message as its JSON text.
  content TEXT NOT NULL,
  -- A repetition with the same key and content is the same message.
  dedupe_key TEXT,
  content_hash TEXT,
  created_at TEXT NOT NULL,
  -- When it came into this store: later than created_at where it was imported.
  stored_at TEXT NOT NULL
);

CREATE INDEX channel_messages_by_age ON channel_messages (stored_at, bytes);

CREATE INDEX channel_messages_by_channel ON channel_messages (channel, number);

CREATE UNIQUE INDEX channel_messages_by_key ON channel_messages (channel, sender, dedupe_key)
  WHERE dedupe_key IS NOT NULL;

CREATE TABLE "completions" (
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

CREATE TABLE credential_uses (
  name TEXT PRIMARY KEY REFERENCES credentials(name) ON DELETE CASCADE,
  used_at TEXT NOT NULL
);

CREATE TABLE credentials (
  name TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  -- The public half of the token, by which it is found.
  token_id TEXT NOT NULL UNIQUE,
  -- SHA-256 of the whole token, in hex. The token itself is nowhere.
  token_digest TEXT NOT NULL,
  created_at TEXT NOT NULL,
  -- NULL: it does not expire.
  expires_at TEXT
, key_digest TEXT);

CREATE TABLE dependencies (
  project_id TEXT NOT NULL REFERENCES projects (id),
  depends_on TEXT NOT NULL REFERENCES projects (id),
  PRIMARY KEY (project_id, depends_on)
);

CREATE INDEX dependencies_by_needed ON dependencies (depends_on);

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

CREATE TABLE graph_entities (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  entity_type TEXT NOT NULL,
  -- Name and type in lower case, on a line each: what a search looks through.
  folded TEXT NOT NULL,
  author TEXT NOT NULL,
  -- The run of the supervisor that wrote it; NULL: none did.
  run_id TEXT,
  written_at TEXT NOT NULL
);

CREATE TABLE graph_observations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  entity_id INTEGER NOT NULL REFERENCES graph_entities (id) ON DELETE CASCADE,
  -- Of the content, in UTF-8.
  bytes INTEGER NOT NULL,
  content TEXT NOT NULL,
  -- The content in lower case: what a search looks through.
  folded TEXT NOT NULL,
  author TEXT NOT NULL,
  run_id TEXT,
  written_at TEXT NOT NULL,
  UNIQUE (entity_id, content)
);

CREATE INDEX graph_observations_by_entity ON graph_observations (entity_id, id);

CREATE INDEX graph_observations_by_size ON graph_observations (bytes);

CREATE TABLE graph_relations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  from_name TEXT NOT NULL,
  to_name TEXT NOT NULL,
  relation_type TEXT NOT NULL,
  author TEXT NOT NULL,
  run_id TEXT,
  written_at TEXT NOT NULL,
  UNIQUE (from_name, to_name, relation_type)
);

CREATE INDEX graph_relations_by_target ON graph_relations (to_name);

CREATE TABLE "holds" (
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

CREATE TABLE memory (
  version INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL,
  -- Of the value, in UTF-8; 0: the key was deleted with this version.
  bytes INTEGER NOT NULL,
  author TEXT NOT NULL,
  -- The run of the supervisor that wrote it; NULL: none did.
  run_id TEXT,
  written_at TEXT NOT NULL,
  -- When the next version of the key came; NULL: this is the newest.
  superseded_at TEXT,
  -- JSON; NULL: the key was deleted. It stands last, so that lists read no value.
  value TEXT
);

CREATE INDEX memory_by_key ON memory (key, version);

CREATE INDEX memory_current ON memory (superseded_at, key, bytes, written_at);

CREATE UNIQUE INDEX memory_newest ON memory (key) WHERE superseded_at IS NULL;

CREATE TABLE messages (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  project_id TEXT NOT NULL REFERENCES projects (id),
  message TEXT NOT NULL,
  request_id TEXT,
  run_id TEXT REFERENCES runs (id),
  created_at TEXT NOT NULL,
  delivered_at TEXT, sent_to TEXT REFERENCES runs (id), plan_revision INTEGER,
  UNIQUE (project_id, request_id)
);

CREATE INDEX messages_waiting ON messages (project_id, number) WHERE delivered_at IS NULL;

CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- Names this store, and the copies made of it.
  store_id TEXT NOT NULL,
  -- The oldest schema version whose programs may use this one. A step that they cannot live with raises it.
  compatible_from INTEGER NOT NULL
);

CREATE TABLE notifications (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  receiver TEXT NOT NULL REFERENCES receivers (name) ON DELETE CASCADE,
  -- NULL: a digest.
  event_id INTEGER,
  kind TEXT NOT NULL,
  -- Of a reminder: 1, 2, ...; what it reminds of has the same event.
  nth INTEGER NOT NULL DEFAULT 0,
  tag TEXT NOT NULL,
  project_id TEXT,
  request_id TEXT,
  state TEXT NOT NULL,
  -- The one that tells of this beside others.
  digest_id TEXT,
  tries INTEGER NOT NULL DEFAULT 0,
  due_at TEXT NOT NULL,
  -- When due_at was set: a time to come means that the clock was set back.
  due_set_at TEXT NOT NULL,
  problem TEXT,
  -- By which it can be replaced where it is shown.
  receipt TEXT,
  created_at TEXT NOT NULL,
  sent_at TEXT,
  settled_at TEXT,
  remind_at TEXT
, message_number INTEGER);

CREATE UNIQUE INDEX notifications_by_event ON notifications (receiver, event_id, kind, nth);

CREATE UNIQUE INDEX notifications_by_message ON notifications (receiver, message_number)
  WHERE message_number IS NOT NULL;

CREATE INDEX notifications_of_digest ON notifications (digest_id) WHERE digest_id IS NOT NULL;

CREATE INDEX notifications_of_message ON notifications (message_number)
  WHERE message_number IS NOT NULL AND settled_at IS NULL;

CREATE INDEX notifications_open ON notifications (tag, receiver) WHERE settled_at IS NULL;

CREATE INDEX notifications_to_remind ON notifications (receiver, remind_at) WHERE remind_at IS NOT NULL;

CREATE INDEX notifications_tried ON notifications (receiver, due_at) WHERE state = 'waiting' AND tries > 0;

CREATE INDEX notifications_waiting ON notifications (receiver, due_at) WHERE state = 'waiting';

CREATE TABLE plans (
  project_id TEXT NOT NULL REFERENCES projects (id),
  revision INTEGER NOT NULL,
  markdown TEXT NOT NULL,
  created_at TEXT NOT NULL, amended_by TEXT, request_id TEXT,
  PRIMARY KEY (project_id, revision)
);

CREATE UNIQUE INDEX plans_by_request ON plans (project_id, request_id) WHERE request_id IS NOT NULL;

CREATE TABLE project_counts (
  status TEXT PRIMARY KEY,
  count INTEGER NOT NULL
);

CREATE TABLE "projects" (
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
, run_id TEXT REFERENCES runs (id), place TEXT, attention_from TEXT, isolation TEXT, base TEXT, checks TEXT, on_approve TEXT, max_rounds INTEGER, expires_at TEXT, depends_on TEXT, permission_mode TEXT, deny TEXT, ask TEXT, answer_after_ms INTEGER, schedule_id TEXT REFERENCES schedules (id), slot TEXT, outline INTEGER NOT NULL DEFAULT 0, outline_round INTEGER);

CREATE INDEX projects_backing_off ON projects (not_before) WHERE not_before IS NOT NULL;

CREATE INDEX projects_by_age ON projects (created_at, id);

CREATE INDEX projects_by_schedule ON projects (schedule_id, created_at) WHERE schedule_id IS NOT NULL;

CREATE UNIQUE INDEX projects_by_slot ON projects (schedule_id, slot) WHERE slot IS NOT NULL;

CREATE INDEX projects_by_status ON projects (status, created_at, id);

CREATE INDEX projects_expiring ON projects (status, expires_at) WHERE expires_at IS NOT NULL;

CREATE INDEX projects_ready ON projects (priority DESC, created_at, id)
  WHERE run_id IS NULL AND CASE WHEN status = 'pending' THEN 1
    WHEN status IN ('in_progress', 'rejected') AND claimed_by = 'supervisor' THEN 1 ELSE 0 END = 1;

CREATE TRIGGER projects_count_deleted AFTER DELETE ON projects BEGIN
  UPDATE project_counts SET count = count - 1 WHERE status = OLD.status;
END;

CREATE TRIGGER projects_count_inserted AFTER INSERT ON projects BEGIN
  INSERT INTO project_counts (status, count) VALUES (NEW.status, 1)
    ON CONFLICT (status) DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER projects_count_moved AFTER UPDATE OF status ON projects WHEN OLD.status <> NEW.status BEGIN
  UPDATE project_counts SET count = count - 1 WHERE status = OLD.status;
  INSERT INTO project_counts (status, count) VALUES (NEW.status, 1)
    ON CONFLICT (status) DO UPDATE SET count = count + 1;
END;

CREATE TABLE push_devices (
  -- The browser that is signed in. Whoever is signed out is told nothing more.
  name TEXT PRIMARY KEY REFERENCES credentials (name) ON DELETE CASCADE,
  -- Where its push service takes what is for it.
  endpoint TEXT NOT NULL UNIQUE,
  p256dh TEXT NOT NULL,
  auth TEXT NOT NULL,
  created_at TEXT NOT NULL
);

CREATE TABLE push_keys (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  public_key TEXT NOT NULL,
  -- It is secret.
  private_key TEXT NOT NULL,
  created_at TEXT NOT NULL
);

CREATE TABLE "quota" (
  account TEXT NOT NULL,
  "window" TEXT NOT NULL,
  utilization REAL,
  status TEXT NOT NULL,
  resets_at TEXT,
  seen_at TEXT NOT NULL,
  PRIMARY KEY (account, "window")
);

CREATE TABLE readers (
  reader TEXT NOT NULL,
  channel TEXT NOT NULL,
  number INTEGER NOT NULL,
  message_id TEXT,
  metadata TEXT NOT NULL,
  updated_at TEXT NOT NULL, dropped INTEGER NOT NULL DEFAULT 0, dropped_at TEXT,
  PRIMARY KEY (reader, channel)
);

CREATE TABLE reads (
  reader TEXT NOT NULL,
  number INTEGER NOT NULL REFERENCES channel_messages (number) ON DELETE CASCADE,
  read_at TEXT NOT NULL,
  PRIMARY KEY (reader, number)
);

CREATE INDEX reads_by_number ON reads (number);

CREATE TABLE receivers (
  name TEXT PRIMARY KEY,
  via TEXT NOT NULL,
  -- Of its settings. With others it is tried again.
  digest TEXT NOT NULL,
  -- The newest event that it has been told of, or that was there before it.
  event_id INTEGER NOT NULL,
  -- Why nothing is sent to it any more; NULL: it is on.
  off_reason TEXT,
  -- Why the newest try failed; NULL: it did not.
  problem TEXT,
  problem_since TEXT,
  last_sent_at TEXT
, message_number INTEGER, device TEXT REFERENCES push_devices (name) ON DELETE CASCADE);

CREATE INDEX receivers_of_device ON receivers (device) WHERE device IS NOT NULL;

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
, cut_off_at TEXT, repeats TEXT);

CREATE INDEX requests_by_input ON requests (project_id, input_hash);

CREATE INDEX requests_by_project ON requests (project_id, created_at, id);

CREATE INDEX requests_undecided ON requests (created_at, id) WHERE state IN ('open', 'deferred');

CREATE TABLE run_live (
  run_id TEXT PRIMARY KEY REFERENCES runs (id),
  state TEXT NOT NULL
);

CREATE TABLE "runs" (
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
, workspace_identity TEXT, machine_id TEXT NOT NULL DEFAULT 'local', account TEXT NOT NULL DEFAULT '', progress TEXT, context TEXT, revision TEXT, plan_revision INTEGER NOT NULL DEFAULT 1);

CREATE INDEX runs_by_age ON runs (created_at);

CREATE INDEX runs_by_answer ON runs (answered_at) WHERE answered_at IS NOT NULL;

CREATE INDEX runs_by_end ON runs (ended_at) WHERE ended_at IS NOT NULL;

CREATE INDEX runs_by_project ON runs (project_id, number);

CREATE INDEX runs_open ON runs (number) WHERE ended_at IS NULL;

CREATE UNIQUE INDEX runs_open_by_project ON runs (project_id) WHERE ended_at IS NULL;

CREATE UNIQUE INDEX runs_open_by_workspace ON runs (machine_id, workspace) WHERE ended_at IS NULL;

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

CREATE INDEX script_runs_by_end ON script_runs (ended_at) WHERE ended_at IS NOT NULL;

CREATE UNIQUE INDEX script_runs_by_key ON script_runs (dedupe_key, COALESCE(run_id, ''))
  WHERE dedupe_key IS NOT NULL;

CREATE INDEX script_runs_running ON script_runs (machine_id) WHERE state = 'running';

CREATE TABLE sign_in_codes (
  -- SHA-256 of the code, in hex. A code that was spent is gone.
  code_digest TEXT PRIMARY KEY,
  -- How the browser is called that signs in with it; a number follows where the name is taken.
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  expires_at TEXT NOT NULL
);

CREATE TABLE "supervisor" (
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

CREATE TABLE "updates" (
  id INTEGER PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  run_id TEXT REFERENCES runs (id),
  message TEXT NOT NULL,
  request_id TEXT,
  created_at TEXT NOT NULL
);

CREATE INDEX updates_by_project ON updates (project_id, id);

CREATE UNIQUE INDEX updates_by_request ON updates (project_id, request_id, ifnull(run_id, ''));

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
