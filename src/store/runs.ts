import * as z from 'zod';
import type { CostSum } from '../project/costs.ts';
import type { ProjectId, RunId } from '../project/ids.ts';
import type { Outcome, OutcomeKind } from '../project/outcome.ts';
import type { ProjectStatus } from '../project/project.ts';
import {
  COST_BASES,
  EMPTY_LIVE_STATE,
  type LiveState,
  RUN_KINDS,
  type Run,
  type RunCost,
} from '../project/run.ts';
import type { Reader, Writer } from './database.ts';
import { knownWord } from './known-word.ts';
import type { NewRow, Row } from './schema.ts';

/** Records a run before anything is spawned for it. Violates a unique index when the project or workspace has one. */
export async function insertRun(
  trx: Writer,
  run: Pick<
    NewRow<'runs'>,
    'id' | 'project_id' | 'kind' | 'round' | 'workspace' | 'session_id' | 'model' | 'created_at'
  >,
): Promise<void> {
  await trx
    .insertInto('runs')
    .values({ ...run, live: JSON.stringify(EMPTY_LIVE_STATE), cost_usd: 0, cost_basis: 'reported' })
    .execute();
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
    >
  >,
): Promise<void> {
  await trx.updateTable('runs').set(changes).where('id', '=', id).execute();
}

/** Which folder a run was started in (machine/folder-identity.ts); null when nobody knows. */
export async function workspaceIdentityOf(db: Reader, id: RunId): Promise<string | null> {
  const row = await db
    .selectFrom('runs')
    .select('workspace_identity')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.workspace_identity ?? null;
}

/** Live state is a reading, not history: it is overwritten, and appends no event. */
export async function updateLiveState(trx: Writer, id: RunId, live: LiveState): Promise<void> {
  await trx
    .updateTable('runs')
    .set({ live: JSON.stringify(live) })
    .where('id', '=', id)
    .execute();
}

/** How a run ended, besides its outcome. */
export interface RunEnd {
  readonly cost: RunCost;
  readonly live: LiveState;
  readonly fingerprint: string | null;
  readonly endedAt: string;
}

/** Ends a run that is still open; false when it had already ended. */
export async function closeRun(trx: Writer, id: RunId, outcome: Outcome, end: RunEnd): Promise<boolean> {
  const { kind, ...facts } = outcome;
  const result = await trx
    .updateTable('runs')
    .set({
      outcome: kind,
      outcome_data: JSON.stringify(facts),
      cost_usd: end.cost.usd,
      cost_basis: end.cost.basis,
      live: JSON.stringify(end.live),
      fingerprint: end.fingerprint,
      ended_at: end.endedAt,
    })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function findRun(db: Reader, id: RunId): Promise<Run | undefined> {
  const row = await db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toRun(row);
}

/** All runs that have not ended, in the order in which they were recorded. */
export async function openRuns(db: Reader): Promise<Run[]> {
  const rows = await db
    .selectFrom('runs')
    .selectAll()
    .where('ended_at', 'is', null)
    .orderBy('number')
    .execute();
  return rows.map(toRun);
}

export async function openRunOf(db: Reader, projectId: ProjectId): Promise<Run | undefined> {
  const row = await db
    .selectFrom('runs')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return row && toRun(row);
}

/** The version that Claude Code named at the start of the newest run that came so far; null when none has. */
export async function newestClaudeVersion(db: Reader): Promise<string | null> {
  const row = await db
    .selectFrom('runs')
    .select('claude_version')
    .where('claude_version', 'is not', null)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.claude_version ?? null;
}

export async function newestRunOf(db: Reader, projectId: ProjectId): Promise<Run | undefined> {
  const row = await db
    .selectFrom('runs')
    .selectAll()
    .where('project_id', '=', projectId)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toRun(row);
}

/** All runs of a project, in the order in which they were recorded. */
export async function runsOf(db: Reader, projectId: ProjectId): Promise<Run[]> {
  const rows = await db
    .selectFrom('runs')
    .selectAll()
    .where('project_id', '=', projectId)
    .orderBy('number')
    .execute();
  return rows.map(toRun);
}

/**
 * Runs that ended since the model last answered anybody, latest end first. What seems to lie after `now` is left out: it
 * was before the clock was set back.
 */
export async function endedSinceLastAnswer(db: Reader, now: string, limit: number): Promise<Run[]> {
  const rows = await db
    .selectFrom('runs')
    .selectAll()
    .where('ended_at', '>', (eb) =>
      eb
        .selectFrom('runs')
        .select((of) => of.fn.coalesce(of.fn.max('answered_at'), of.val('')).as('at'))
        .where('answered_at', '<=', now),
    )
    .where('ended_at', '<=', now)
    .orderBy('ended_at', 'desc')
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toRun);
}

interface AnswersSought {
  readonly after: string;
  readonly now: string;
  /** Not of runs in this workspace. */
  readonly elsewhere?: string;
  /** Only of runs that asked for this model; null: for none. */
  readonly model?: string | null;
  /** Not of runs that ended like this. */
  readonly notWith?: readonly OutcomeKind[];
  /** Only of runs that were first answered, or ended their turn by themselves, after this time. */
  readonly wellSince?: string;
}

/** Whether the model has first answered such a run after `after`, at the latest at `now`. */
export async function wasAnswered(db: Reader, sought: AnswersSought): Promise<boolean> {
  const { after, now, elsewhere, model, notWith, wellSince } = sought;
  let query = db
    .selectFrom('runs')
    .select('id')
    .where('answered_at', '>', after)
    .where('answered_at', '<=', now);
  if (elsewhere !== undefined) query = query.where('workspace', '!=', elsewhere);
  if (model !== undefined) query = query.where('model', 'is', model);
  if (notWith !== undefined && notWith.length > 0)
    query = query.where((eb) => eb.or([eb('outcome', 'is', null), eb('outcome', 'not in', notWith)]));
  if (wellSince !== undefined)
    query = query.where((eb) =>
      eb.or([
        eb('answered_at', '>', wellSince),
        eb.and([eb('ended_at', '>', wellSince), eb('outcome', 'in', ['submitted', 'no_completion'])]),
      ]),
    );
  return (await query.limit(1).executeTakeFirst()) !== undefined;
}

/** Runs in the workspace of `run` besides it, latest first, each with the status of its project. */
export async function otherRunsIn(
  db: Reader,
  { id, workspace }: Pick<Run, 'id' | 'workspace'>,
  limit: number,
): Promise<{ readonly run: Run; readonly status: ProjectStatus }[]> {
  const rows = await db
    .selectFrom('runs')
    .innerJoin('projects', 'projects.id', 'runs.project_id')
    .selectAll('runs')
    .select('projects.status')
    .where('runs.workspace', '=', workspace)
    .where('runs.id', '!=', id)
    .orderBy('runs.number', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ status, ...row }) => ({ run: toRun(row), status }));
}

/** How many runs were recorded after `since`. */
export async function countRunsSince(db: Reader, since: string): Promise<number> {
  const row = await db
    .selectFrom('runs')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('created_at', '>', since)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

interface EndedRun {
  readonly id: RunId;
  readonly endedAt: string;
  /** Of its project. */
  readonly status: ProjectStatus;
}

/** Databases limit how many values one query may name. */
const AT_ONCE = 500;

/** Those of these runs that have ended, in the order of their end. */
export async function endedRuns(db: Reader, ids: readonly RunId[]): Promise<EndedRun[]> {
  const found: EndedRun[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const rows = await db
      .selectFrom('runs')
      .innerJoin('projects', 'projects.id', 'runs.project_id')
      .select(['runs.id', 'runs.ended_at', 'projects.status'])
      .where('runs.id', 'in', ids.slice(from, from + AT_ONCE))
      .execute();
    found.push(
      ...rows.flatMap(({ id, ended_at, status }) => (ended_at ? { id, endedAt: ended_at, status } : [])),
    );
  }
  return found.sort((a, b) => (a.endedAt < b.endedAt ? -1 : 1));
}

/** The model that Claude used last when it was asked for none; null when there was no such run. */
export async function lastOwnModel(db: Reader): Promise<string | null> {
  const row = await db
    .selectFrom('runs')
    .select('model_used')
    .where('model', 'is', null)
    .where('model_used', 'is not', null)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.model_used ?? null;
}

/** What all runs started at or after `since` have cost so far. */
export async function spentSince(db: Reader, since: string): Promise<CostSum> {
  const row = await db
    .selectFrom('runs')
    .select((eb) => [
      eb.fn.sum<number | null>('cost_usd').as('usd'),
      eb.fn.countAll<number>().as('runs'),
      eb.fn.count<number>('cost_usd').as('known'),
    ])
    .where('created_at', '>=', since)
    .executeTakeFirst();
  return { usd: Number(row?.usd ?? 0), unknown: Number(row?.runs ?? 0) - Number(row?.known ?? 0) };
}

const kindWord = knownWord('runs.kind', RUN_KINDS);
const costBasisWord = knownWord('runs.cost_basis', COST_BASES);
const facts = z.record(z.string(), z.unknown());
const liveState = z.object({
  lastSignAt: z.string().nullable(),
  currentTool: z.string().nullable(),
  turns: z.number(),
  costUsd: z.number(),
  todosDone: z.number(),
  todosTotal: z.number(),
  currentTodo: z.string().nullable(),
});

function toRun(row: Row<'runs'>): Run {
  return {
    id: row.id,
    projectId: row.project_id,
    kind: kindWord(row.kind),
    round: row.round,
    workspace: row.workspace,
    sessionId: row.session_id,
    model: row.model,
    modelUsed: row.model_used,
    pid: row.pid,
    pidStartedAt: row.pid_started_at,
    claudeVersion: row.claude_version,
    live: liveState.catch(EMPTY_LIVE_STATE).parse(JSON.parse(row.live)),
    costUsd: row.cost_usd,
    costBasis: costBasisWord(row.cost_basis),
    fingerprint: row.fingerprint,
    outcome: toOutcome(row),
    createdAt: row.created_at,
    spawnedAt: row.spawned_at,
    readyAt: row.ready_at,
    answeredAt: row.answered_at,
    endedAt: row.ended_at,
  };
}

/** Only closeRun writes these columns, from a typed Outcome; what comes back is that Outcome. */
function toOutcome(row: Row<'runs'>): Outcome | null {
  if (row.outcome === null) return null;
  return { ...facts.parse(JSON.parse(row.outcome_data ?? '{}')), kind: row.outcome } as Outcome;
}
