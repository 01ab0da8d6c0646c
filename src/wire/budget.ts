import type { BudgetReport } from '../project/budget.ts';
import { chargedUsd } from '../project/costs.ts';
import type { WireBudget } from './schemas/budget.ts';

export function toWireBudget({ runUsd, projectUsd, workspaces, periods }: BudgetReport): WireBudget {
  return {
    run_usd: runUsd,
    project_usd: projectUsd,
    workspaces,
    periods: periods.map(({ period, limitUsd, spent, endsAt }) => ({
      period,
      limit_usd: limitUsd,
      spent_usd: spent.usd,
      runs_of_unknown_cost: spent.unknown,
      charged_usd: chargedUsd(spent, limitUsd ?? 0),
      ends_at: endsAt,
    })),
  };
}
