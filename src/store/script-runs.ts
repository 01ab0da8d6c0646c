/** Runs of the owner's scripts. */
import type { MachineId } from '../project/ids.ts';
import { asScriptRunId, SCRIPT_STATES, type ScriptRun, type ScriptRunId } from '../project/script.ts';
import type { Reader, Writer } from './database.ts';
import { knownWord } from './known-word.ts';
import type { NewRow, Row } from './schema.ts';

/** The process that runs a script. */
export interface ScriptOwner {
  readonly pid: number;
  readonly startedAt: string;
}

export async function insertScriptRun(trx: Writer, row: NewRow<'script_runs'>): Promise<ScriptRun> {
  return toRun(await trx.insertInto('script_runs').values(row).returningAll().executeTakeFirstOrThrow());
}

export async function updateScriptRun(
  trx: Writer,
  id: ScriptRunId,
  changes: Partial<Omit<Row<'script_runs'>, 'id' | 'number' | 'script' | 'created_at'>>,
): Promise<ScriptRun> {
  const query = trx.updateTable('script_runs').set(changes).where('id', '=', id).returningAll();
  return toRun(await query.executeTakeFirstOrThrow());
}

export async function findScriptRun(db: Reader, id: ScriptRunId): Promise<ScriptRun | undefined> {
  const row = await db.selectFrom('script_runs').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toRun(row);
}

/** The run that the same asker began under this key, and the hash of what was asked. */
export async function findScriptRunByKey(
  db: Reader,
  key: string,
  runId: string | null,
): Promise<{ readonly run: ScriptRun; readonly contentHash: string | null } | undefined> {
  const row = await db
    .selectFrom('script_runs')
    .selectAll()
    .where('dedupe_key', '=', key)
    .where((eb) => eb(eb.fn.coalesce('run_id', eb.val('')), '=', runId ?? ''))
    .executeTakeFirst();
  return row && { run: toRun(row), contentHash: row.content_hash };
}

/** Those under way on a machine, oldest first, with the process that runs each. */
export async function runningScripts(
  db: Reader,
  machineId: MachineId,
): Promise<{ readonly run: ScriptRun; readonly owner: ScriptOwner }[]> {
  const rows = await db
    .selectFrom('script_runs')
    .selectAll()
    .where('state', '=', 'running')
    .where('machine_id', '=', machineId)
    .orderBy('number')
    .execute();
  return rows.map((row) => ({
    run: toRun(row),
    owner: { pid: row.owner_pid, startedAt: row.owner_started_at },
  }));
}

/** The newest, the newest first. */
export async function newestScriptRuns(db: Reader, limit: number): Promise<ScriptRun[]> {
  const rows = await db
    .selectFrom('script_runs')
    .selectAll()
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toRun);
}

/** Ids that begin with this, at most `limit`. */
export async function scriptRunIdsFrom(db: Reader, prefix: string, limit: number): Promise<ScriptRunId[]> {
  const rows = await db
    .selectFrom('script_runs')
    .select('id')
    .where('id', '>=', asScriptRunId(prefix))
    .where('id', '<', asScriptRunId(`${prefix}g`))
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Deletes those that ended before a time, and all but the newest `keep` of the ended ones. Returns how many. */
export async function deleteOldScriptRuns(trx: Writer, before: string | null, keep: number): Promise<number> {
  const newest = await trx
    .selectFrom('script_runs')
    .select('number')
    .orderBy('number', 'desc')
    .offset(keep)
    .limit(1)
    .executeTakeFirst();
  const { numDeletedRows } = await trx
    .deleteFrom('script_runs')
    .where('ended_at', 'is not', null)
    .where((eb) =>
      eb.or([
        ...(before === null ? [] : [eb('ended_at', '<', before)]),
        eb('number', '<=', newest?.number ?? -1),
      ]),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

const knownState = knownWord('script_runs.state', SCRIPT_STATES);

function toRun(row: Row<'script_runs'>): ScriptRun {
  return {
    number: row.number,
    id: row.id,
    script: row.script,
    args: JSON.parse(row.args),
    cwd: row.cwd,
    timeoutMs: row.timeout_ms,
    runId: row.run_id,
    projectId: row.project_id,
    state: knownState(row.state),
    exitCode: row.exit_code,
    signal: row.signal,
    failure: row.failure,
    stdout: row.stdout,
    stderr: row.stderr,
    stdoutBytes: row.stdout_bytes,
    stderrBytes: row.stderr_bytes,
    cancelAskedAt: row.cancel_asked_at,
    cancelReason: row.cancel_reason,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}
