/** Queries the runs that the end of one is compared with. */
import type { OutcomeKind } from '../project/outcome.ts';
import type { ProjectStatus } from '../project/project.ts';
import type { Run } from '../project/run.ts';
import type { Reader } from './database.ts';
import { toRun } from './run-row.ts';

/**
 * Runs that ended since the model last answered any run, newest end first. Times after `now` are left out: they were
 * recorded before the clock was set back, and reviews: what fails in one of them is not the project's.
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
    .where('kind', '!=', 'review')
    .orderBy('ended_at', 'desc')
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toRun);
}

interface AnswersSought {
  readonly after: string;
  readonly now: string;
  /** Excludes runs in this workspace of this machine. */
  readonly elsewhere?: Pick<Run, 'machineId' | 'workspace'>;
  /** Only runs that asked for this model; null for those that asked for none. */
  readonly model?: string | null;
  /** Excludes runs with these outcomes. */
  readonly notWith?: readonly OutcomeKind[];
  /** Only runs that were first answered, or ended their turn by themselves, after this time. */
  readonly wellSince?: string;
}

/** Whether the model first answered such a run after `after`, and not later than `now`. */
export async function wasAnswered(db: Reader, sought: AnswersSought): Promise<boolean> {
  const { after, now, elsewhere, model, notWith, wellSince } = sought;
  let query = db
    .selectFrom('runs')
    .select('id')
    .where('answered_at', '>', after)
    .where('answered_at', '<=', now);
  if (elsewhere !== undefined)
    query = query.where((eb) =>
      eb.or([eb('workspace', '!=', elsewhere.workspace), eb('machine_id', '!=', elsewhere.machineId)]),
    );
  if (model !== undefined) query = query.where('model', 'is', model);
  if (notWith !== undefined && notWith.length > 0)
    query = query.where((eb) => eb.or([eb('outcome', 'is', null), eb('outcome', 'not in', notWith)]));
  if (wellSince !== undefined)
    query = query.where((eb) =>
      eb.or([
        eb('answered_at', '>', wellSince),
        eb.and([
          eb('ended_at', '>', wellSince),
          eb('outcome', 'in', ['submitted', 'no_completion', 'deferred']),
        ]),
      ]),
    );
  return (await query.limit(1).executeTakeFirst()) !== undefined;
}

/** Other runs that worked in the workspace of `run`, newest first, each with the status of its project. */
export async function otherRunsIn(
  db: Reader,
  { id, machineId, workspace }: Pick<Run, 'id' | 'machineId' | 'workspace'>,
  limit: number,
): Promise<{ readonly run: Run; readonly status: ProjectStatus }[]> {
  const rows = await db
    .selectFrom('runs')
    .innerJoin('projects', 'projects.id', 'runs.project_id')
    .selectAll('runs')
    .select('projects.status')
    .where('runs.machine_id', '=', machineId)
    .where('runs.workspace', '=', workspace)
    .where('runs.id', '!=', id)
    .where('runs.kind', '!=', 'review')
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
