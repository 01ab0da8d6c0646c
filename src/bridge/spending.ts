/** What runs have cost, in periods of the owner's budget. */
import { type BudgetPeriod, startOfPeriod } from '../project/budget.ts';
import type { CostSum } from '../project/costs.ts';
import { spentSince } from '../store/run-facts.ts';
import { openRuns } from '../store/runs.ts';
import type { Bridge } from './bridge.ts';
import { databaseOf } from './open-bridge.ts';

/** Of all runs that were recorded since the period began, with what those under way are known to have cost so far. */
export async function spentInPeriod(bridge: Bridge, period: BudgetPeriod): Promise<CostSum> {
  const db = databaseOf(bridge).read;
  const since = startOfPeriod(period, bridge.clock.now()).toISOString();
  // A run that ends in between is missing until it is asked for again; the other way round it would count twice.
  const open = (await openRuns(db)).filter(({ createdAt }) => createdAt >= since);
  const ended = await spentSince(db, since);
  const live = open.map((run) => run.live.costUsd);
  return {
    usd: live.reduce((sum, usd) => sum + usd, ended.usd),
    unknown: ended.unknown,
    dearestUsd: Math.max(ended.dearestUsd, ...live),
  };
}
