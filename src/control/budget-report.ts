/** What the owner's budgets allow, and what is spent of them now. */
import type { Bridge } from '../bridge/bridge.ts';
import { spentInPeriod } from '../bridge/spending.ts';
import type { Config } from '../config.ts';
import { BUDGET_PERIODS, type BudgetReport, endOfPeriod, periodLimits } from '../project/budget.ts';
import { namedWorkspaces } from '../project/workspace.ts';

/** Throws StoreError. */
export async function budgetReport(
  bridge: Bridge,
  { budget, workspaces }: Pick<Config, 'budget' | 'workspaces'>,
): Promise<BudgetReport> {
  const limits = periodLimits(budget);
  const own = namedWorkspaces(workspaces).flatMap(({ name, settings: { budget_usd: usd } }) =>
    usd === undefined ? [] : [[name, usd] as const],
  );
  return {
    runUsd: budget.run_usd ?? null,
    projectUsd: budget.project_usd ?? null,
    workspaces: Object.fromEntries(own),
    periods: await Promise.all(
      BUDGET_PERIODS.map(async (period) => ({
        period,
        limitUsd: limits[period] ?? null,
        spent: await spentInPeriod(bridge, period),
        endsAt: endOfPeriod(period, bridge.clock.now()).toISOString(),
      })),
    ),
  };
}
