/** Facts from all runs: the version of Claude, its model, the costs. */
import type { RunCostRow } from '../project/cost-history.ts';
import { addCosts, type CostSum, type ShownSum } from '../project/costs.ts';
import type { ProjectId } from '../project/ids.ts';
import type { Reader } from './database.ts';
import { toLiveState } from './run-row.ts';

/** How many runs to search: one of these has come far enough to report a version. */
const MAX_RUNS_ASKED = 100;

/** The version that Claude Code reported in the newest run that got so far; null when no recent one did. */
export async function newestClaudeVersion(db: Reader): Promise<string | null> {
  const recent = db
    .selectFrom('runs')
    .select(['number', 'claude_version'])
    .orderBy('number', 'desc')
    .limit(MAX_RUNS_ASKED);
  const row = await db
    .selectFrom(recent.as('recent'))
    .select('claude_version')
    .where('claude_version', 'is not', null)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.claude_version ?? null;
}

/** The model that Claude last used when asked for none; null when there was no such run. */
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

/** Of each outcome, how many runs have ended with it; and what all runs have cost. It reads every run. */
export async function totalsByOutcome(
  db: Reader,
): Promise<{ outcome: string | null; runs: number; known: number; usd: number }[]> {
  const rows = await db
    .selectFrom('runs')
    .select((eb) => [
      'outcome',
      eb.fn.countAll<number>().as('runs'),
      eb.fn.count<number>('cost_usd').as('known'),
      eb.fn.sum<number | null>('cost_usd').as('usd'),
    ])
    .groupBy('outcome')
    .execute();
  return rows.map(({ outcome, runs, known, usd }) => ({
    ...{ outcome, runs: Number(runs), known: Number(known), usd: Number(usd ?? 0) },
  }));
}

/** What each run that was recorded at or after `since` has cost, oldest first. One under way counts as nothing here. */
export async function costsSince(
  db: Reader,
  since: string,
): Promise<(RunCostRow & { readonly id: string })[]> {
  const rows = await db
    .selectFrom('runs')
    .innerJoin('projects', 'projects.id', 'runs.project_id')
    .select([
      'runs.id',
      'runs.created_at',
      'runs.project_id',
      'projects.title',
      'runs.model_used',
      'runs.outcome',
      'runs.cost_usd',
    ])
    .where('runs.created_at', '>=', since)
    .orderBy('runs.created_at')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.created_at,
    projectId: row.project_id,
    title: row.title,
    model: row.model_used,
    outcome: row.outcome,
    costUsd: row.cost_usd,
  }));
}

/** What the runs of each of these projects have cost; nothing of one without a run. */
export async function spentOfProjects(
  db: Reader,
  projects: readonly ProjectId[],
): Promise<(readonly [ProjectId, ShownSum])[]> {
  if (projects.length === 0) return [];
  const rows = await db
    .selectFrom('runs')
    .select((eb) => [
      'project_id',
      eb.fn.sum<number | null>('cost_usd').as('usd'),
      eb.fn.countAll<number>().as('runs'),
      eb.fn.count<number>('cost_usd').as('known'),
    ])
    .where('project_id', 'in', projects)
    .groupBy('project_id')
    .execute();
  return rows.map(({ project_id: id, usd, runs, known }) => [
    id,
    { usd: Number(usd ?? 0), unknown: Number(runs) - Number(known) },
  ]);
}

/**
 * The cost of all runs that were recorded from `since` until before `until`, with what those under way are known to have cost so
 * far. One statement reads both, so that a run that ends meanwhile counts once.
 */
export async function spentBetween(db: Reader, since: string, until: string): Promise<CostSum> {
  const recorded = db
    .selectFrom('runs')
    .select((eb) => [
      eb.val<string | null>(null).as('live'),
      eb.fn.sum<number | null>('cost_usd').as('usd'),
      eb.fn.countAll<number>().as('runs'),
      eb.fn.count<number>('cost_usd').as('known'),
      eb.fn.max<number | null>('cost_usd').as('dearest'),
    ])
    .where('created_at', '>=', since)
    .where('created_at', '<', until);
  // Only a run that is under way has a live state.
  const underWay = db
    .selectFrom('run_live')
    .innerJoin('runs', 'runs.id', 'run_live.run_id')
    .select((eb) => [
      eb.ref('run_live.state').$castTo<string | null>().as('live'),
      eb.val<number | null>(0).as('usd'),
      eb.val<number>(0).as('runs'),
      eb.val<number>(0).as('known'),
      eb.val<number | null>(0).as('dearest'),
    ])
    .where('created_at', '>=', since)
    .where('created_at', '<', until);
  const rows = await recorded.unionAll(underWay).execute();
  return addCosts(
    rows.map(({ live, usd, runs, known, dearest }) => {
      const liveUsd = live === null ? 0 : toLiveState(live).costUsd;
      return {
        usd: Number(usd ?? 0) + liveUsd,
        unknown: Number(runs) - Number(known),
        dearestUsd: Math.max(Number(dearest ?? 0), liveUsd),
      };
    }),
  );
}
