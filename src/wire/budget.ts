import type { BudgetReport } from '../project/budget.ts';
import type { CostHistory, CostShare } from '../project/cost-history.ts';
import { chargedUsd } from '../project/costs.ts';
import type { WireBudget, WireCosts } from './schemas/budget.ts';

export function toWireCosts(report: BudgetReport, history: CostHistory): WireCosts {
  const { timezone, days, projects, models, outcomes } = history;
  return {
    ...toWireBudget(report),
    timezone,
    days: days.map(({ date, ...share }) => ({ date, ...toWireShare(share) })),
    projects: projects.map(({ projectId, title, ...share }) => ({
      project_id: projectId,
      title,
      ...toWireShare(share),
    })),
    models: models.map(({ model, ...share }) => ({ model, ...toWireShare(share) })),
    outcomes: outcomes.map(({ outcome, ...share }) => ({ outcome, ...toWireShare(share) })),
  };
}

function toWireShare({ usd, runs, unknown }: CostShare) {
  return { usd, runs, runs_of_unknown_cost: unknown };
}

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
