/** Makes a store as large as one likes in seconds: what years of work would have left in it. */
import Sqlite from 'better-sqlite3';
import { EMPTY_LIVE_STATE } from '../../src/project/run.ts';

/** On average; it is the finished projects that have them. */
export const UPDATES_EACH = 10;

const FINISHED_PERCENT = 40;

/**
 * Fills the empty database of a state folder. Of 100 projects 40 wait to be claimed, 12 for a decision, 4 need a person, 4
 * are cancelled and 40 complete, mixed; each works in a folder of its own. One project is sent every two minutes, the
 * last one a day ago.
 */
export function fillStore(file: string, projects: number): void {
  const sqlite = new Sqlite(file);
  try {
    // A crash here loses nothing that anybody wants.
    sqlite.pragma('synchronous = OFF');
    sqlite.transaction(() => {
      for (const fill of FILLS) sqlite.prepare(fill).run({ projects });
    })();
    sqlite.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    sqlite.close();
  }
}

/** `n` counts the projects; ids look as random as real ones: an odd factor leads to each number below 2^48 once. */
const NUMBERS = `WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < $projects),
  sent AS (
    SELECT n, printf('%012x', (n + 1) * 25214903917 % 281474976710656) AS id, printf('%012x', (n + 1) * 11400714819 % 281474976710656) AS run_id,
      n % 100 >= 60 AS finished, n % 100 BETWEEN 40 AND 51 OR n % 100 >= 60 AS submitted,
      strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day', '-' || (120 * ($projects - n)) || ' seconds') AS at
    FROM numbers
  )`;

const COUNTING = `counting (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM counting WHERE k + 1 < ${(UPDATES_EACH * 100) / FINISHED_PERCENT})`;

const FILLS = [
  `${NUMBERS} INSERT INTO projects (id, title, status, workspace, priority, round, tries, claimed_by, session_id, attention, created_at, updated_at)
    SELECT id, 'Project ' || n,
      CASE WHEN n % 100 < 40 THEN 'pending' WHEN n % 100 < 52 THEN 'awaiting_approval' WHEN n % 100 < 56 THEN 'attention'
        WHEN n % 100 < 60 THEN 'cancelled' ELSE 'complete' END,
      '/work/' || id, n % 3, 1, 0, CASE WHEN submitted THEN 'supervisor' END, CASE WHEN submitted THEN 'session-' || id END,
      CASE WHEN n % 100 BETWEEN 52 AND 55 THEN 'Claude ended without submitting its work (3 runs in a row)' END, at, at
    FROM sent`,
  `${NUMBERS} INSERT INTO plans (project_id, revision, markdown, created_at)
    SELECT id, 1, '# Project ' || n || char(10) || 'Do it, step by step. ' || hex(zeroblob(200)), at FROM sent`,
  `${NUMBERS} INSERT INTO runs (id, project_id, kind, round, workspace, session_id, pid, pid_started_at, progress, cost_usd, cost_basis, outcome, outcome_data, created_at, spawned_at, ready_at, ended_at)
    SELECT run_id, id, 'execute', 1, '/work/' || id, 'session-' || id, 4711, 'boot:4711', '${JSON.stringify(EMPTY_LIVE_STATE)}',
      0.25, 'reported', 'submitted', '{}', at, at, at, at
    FROM sent WHERE submitted`,
  `${NUMBERS}, ${COUNTING} INSERT INTO updates (project_id, run_id, message, request_id, created_at)
    SELECT id, run_id, 'Step ' || k || ' of project ' || n || ' is done and checked', 'toolu_' || id || k, at
    FROM counting, sent WHERE finished`,
  `${NUMBERS} INSERT INTO completions (project_id, round, attempt, run_id, files_created, files_modified, summary, caveats, created_at)
    SELECT id, 1, 1, run_id, '["a.txt"]', '["b.txt"]', 'All steps of the plan are done', '', at FROM sent WHERE submitted`,
  `${NUMBERS} INSERT INTO approvals (project_id, round, verdict, reason, decided_by, created_at)
    SELECT id, 1, 'approved', '', 'desktop', at FROM sent WHERE finished`,
  `${NUMBERS} INSERT INTO events (project_id, type, actor, data, created_at)
    SELECT id, 'project.sent', 'desktop', '{"title":"Project"}', at FROM sent`,
  `INSERT INTO events (project_id, run_id, type, actor, data, created_at)
    SELECT project_id, run_id, 'project.updated', 'code', json_object('message', message), created_at FROM updates`,
];
