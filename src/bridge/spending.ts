/** What runs have cost, in periods of the owner's budget. */
import { type BudgetPeriod, endOfPeriod, startOfPeriod } from '../project/budget.ts';
import { type CostHistory, type CostShare, costHistory, datesUntil } from '../project/cost-history.ts';
import { type CostSum, NO_COST, type ShownSum } from '../project/costs.ts';
import type { ProjectId } from '../project/ids.ts';
import { costsSince, spentBetween, spentOfProjects, totalsByOutcome } from '../store/run-facts.ts';
import { openRuns } from '../store/runs.ts';
import type { Bridge } from './bridge.ts';
import { databaseOf } from './open-bridge.ts';

/**
 * Of all runs that were recorded in the period of `at`, with what those under way are known to have cost so far. A run counts
 * where it began, however long it takes.
 */
export async function spentInPeriod(
  bridge: Bridge,
  period: BudgetPeriod,
  at: Date = bridge.clock.now(),
): Promise<CostSum> {
  const [since, until] = [startOfPeriod(period, at).toISOString(), endOfPeriod(period, at).toISOString()];
  return spentBetween(databaseOf(bridge).read, since, until);
}

const DAY_MS = 86_400_000;

/**
 * What the runs of the last `days` days have cost, today included, with what those under way are known to have cost so far.
 *
 * @param timezone In which a day begins and ends.
 */
export async function costsOfDays(bridge: Bridge, days: number, timezone: string): Promise<CostHistory> {
  const db = databaseOf(bridge).read;
  const now = bridge.clock.now();
  const dates = datesUntil(now, days, timezone);
  const open = new Map((await openRuns(db)).map(({ id, live }) => [id as string, live.costUsd]));
  // One day more: some days have 25 hours. What is of no asked day is left out.
  const since = new Date(now.getTime() - (days + 1) * DAY_MS).toISOString();
  const rows = await costsSince(db, since);
  return costHistory(
    rows.map(({ id, ...row }) => ({ ...row, costUsd: open.get(id) ?? row.costUsd })),
    dates,
    timezone,
  );
}

/** What the runs of each of these projects have cost. */
export async function spentOfEach(
  bridge: Bridge,
  projects: readonly ProjectId[],
): Promise<(id: ProjectId) => ShownSum> {
  const spent = new Map(await spentOfProjects(databaseOf(bridge).read, projects));
  return (id) => spent.get(id) ?? NO_COST;
}

/** What all runs have cost, and how many have ended in which way. */
export async function runTotals(
  bridge: Bridge,
): Promise<CostShare & { readonly ended: readonly (readonly [string, number])[] }> {
  const rows = await totalsByOutcome(databaseOf(bridge).read);
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((all, row) => all + of(row), 0);
  return {
    usd: sum(({ usd }) => usd),
    runs: sum(({ runs }) => runs),
    unknown: sum(({ runs, known }) => runs - known),
    ended: rows.flatMap(({ outcome, runs }) => (outcome === null ? [] : [[outcome, runs] as const])),
  };
}
