/** The rows of runs: written as a run proceeds, read one by one or by project. */
import type { MachineId, ProjectId, RunId } from '../project/ids.ts';
import type { Outcome } from '../project/outcome.ts';
import type { ProjectStatus } from '../project/project.ts';
import type { LiveState, Run, RunCost } from '../project/run.ts';
import type { SessionContext } from '../project/session-context.ts';
import type { Reader, Writer } from './database.ts';
import { removeLiveState, runsWithLive } from './run-live.ts';
import { toRun } from './run-row.ts';
import type { NewRow, Row } from './schema.ts';

/**
 * Records a run, as the active one of its project, before its process is spawned. Violates a unique index when the
 * project or the workspace already has an active run.
 */
export async function insertRun(
  trx: Writer,
  run: Pick<
    NewRow<'runs'>,
    | 'id'
    | 'project_id'
    | 'machine_id'
    | 'account'
    | 'kind'
    | 'round'
    | 'workspace'
    | 'session_id'
    | 'revision'
    | 'plan_revision'
    | 'model'
    | 'created_at'
  >,
): Promise<void> {
  await trx
    .insertInto('runs')
    .values({ ...run, cost_usd: 0, cost_basis: 'reported' })
    .execute();
  await trx.updateTable('projects').set({ run_id: run.id }).where('id', '=', run.project_id).execute();
}

export async function updateRun(
  trx: Writer,
  id: RunId,
  changes: Partial<
    Pick<
      Row<'runs'>,
      | 'pid'
      | 'pid_started_at'
      | 'workspace_identity'
      | 'spawned_at'
      | 'ready_at'
      | 'answered_at'
      | 'model_used'
      | 'claude_version'
      | 'plan_revision'
    >
  >,
): Promise<void> {
  await trx.updateTable('runs').set(changes).where('id', '=', id).execute();
}

/** The identity of the folder that a run was started in (machine/folder-identity.ts); null when unknown. */
export async function workspaceIdentityOf(db: Reader, id: RunId): Promise<string | null> {
  const row = await db
    .selectFrom('runs')
    .select('workspace_identity')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.workspace_identity ?? null;
}

/** How a run ended, in addition to its outcome. */
export interface RunEnd {
  readonly cost: RunCost;
  readonly live: LiveState;
  readonly context: SessionContext | null;
  readonly fingerprint: string | null;
  readonly endedAt: string;
}

/** Records the end of an open run. Returns false when it had already ended. */
export async function closeRun(trx: Writer, id: RunId, outcome: Outcome, end: RunEnd): Promise<boolean> {
  const { kind, ...facts } = outcome;
  const closed = await trx
    .updateTable('runs')
    .set({
      outcome: kind,
      outcome_data: JSON.stringify(facts),
      cost_usd: end.cost.usd,
      cost_basis: end.cost.basis,
      progress: JSON.stringify(end.live),
      context: end.context && JSON.stringify(end.context),
      fingerprint: end.fingerprint,
      ended_at: end.endedAt,
    })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .returning('project_id')
    .executeTakeFirst();
  if (!closed) return false;
  await removeLiveState(trx, id);
  await trx
    .updateTable('projects')
    .set({ run_id: null })
    .where('id', '=', closed.project_id)
    .where('run_id', '=', id)
    .execute();
  return true;
}

export async function findRun(db: Reader, id: RunId): Promise<Run | undefined> {
  const row = await runsWithLive(db).where('id', '=', id).executeTakeFirst();
  return row && toRun(row);
}

/** All runs that have not ended, in the order in which they were recorded. */
export async function openRuns(db: Reader): Promise<Run[]> {
  return (await open(db).execute()).map(toRun);
}

export async function countOpenRuns(db: Reader): Promise<number> {
  const row = await db
    .selectFrom('runs')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Those of a machine. */
export async function openRunsOn(db: Reader, machine: MachineId): Promise<Run[]> {
  return (await open(db).where('machine_id', '=', machine).execute()).map(toRun);
}

function open(db: Reader) {
  return runsWithLive(db).where('ended_at', 'is', null).orderBy('number');
}

/** The workspaces of all runs of a machine that have not ended. */
export async function openWorkspaces(db: Reader, machine: MachineId): Promise<string[]> {
  const rows = await db
    .selectFrom('runs')
    .select('workspace')
    .where('ended_at', 'is', null)
    .where('machine_id', '=', machine)
    .execute();
  return rows.map(({ workspace }) => workspace);
}

/** The workspaces in which submitted work is measured: a run there would change what is measured. */
export async function workspacesBeingVerified(db: Reader, machine: MachineId): Promise<string[]> {
  const rows = await db
    .selectFrom('projects')
    .innerJoin('runs', 'runs.project_id', 'projects.id')
    .select('runs.workspace')
    .where('projects.status', '=', 'verifying')
    .where('runs.machine_id', '=', machine)
    .distinct()
    .execute();
  return rows.map(({ workspace }) => workspace);
}

/** The open runs of these projects, in no order. */
export async function openRunsOf(db: Reader, projects: readonly ProjectId[]): Promise<Run[]> {
  if (projects.length === 0) return [];
  const rows = await runsWithLive(db)
    .where('project_id', 'in', projects)
    .where('ended_at', 'is', null)
    .execute();
  return rows.map(toRun);
}

export async function newestRunOf(db: Reader, projectId: ProjectId): Promise<Run | undefined> {
  const row = await runsWithLive(db)
    .where('project_id', '=', projectId)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toRun(row);
}

/** All runs of a project, in the order in which they were recorded. */
export async function runsOf(db: Reader, projectId: ProjectId): Promise<Run[]> {
  const rows = await runsWithLive(db).where('project_id', '=', projectId).orderBy('number').execute();
  return rows.map(toRun);
}

interface ClosedRun {
  readonly id: RunId;
  readonly endedAt: string;
  /** The status of its project. */
  readonly status: ProjectStatus;
}

/** How many ids one query names: databases limit the number of values. */
const BATCH_SIZE = 500;

/** The runs of a machine among `ids` that have ended, in the order of their end. */
export async function endedRuns(db: Reader, machine: MachineId, ids: readonly RunId[]): Promise<ClosedRun[]> {
  const found: ClosedRun[] = [];
  for (let from = 0; from < ids.length; from += BATCH_SIZE) {
    const rows = await db
      .selectFrom('runs')
      .innerJoin('projects', 'projects.id', 'runs.project_id')
      .select(['runs.id', 'runs.ended_at', 'projects.status'])
      .where('runs.id', 'in', ids.slice(from, from + BATCH_SIZE))
      .where('runs.machine_id', '=', machine)
      .execute();
    found.push(
      ...rows.flatMap(({ id, ended_at, status }) => (ended_at ? { id, endedAt: ended_at, status } : [])),
    );
  }
  return found.sort((a, b) => (a.endedAt < b.endedAt ? -1 : 1));
}
