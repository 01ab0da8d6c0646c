import * as z from 'zod';
import { BUDGET_PERIODS } from '../../project/budget.ts';
import { count, time, usd } from './scalars.ts';

const limit = () => usd().nullable();

/** What the owner's budgets allow, and what is spent of them. */
export const budgetSchema = z
  .strictObject({
    run_usd: limit().describe('what one run may cost; null: no limit'),
    project_usd: limit().describe('what all runs of a project may cost; null: no limit'),
    workspaces: z
      .record(z.string(), usd())
      .describe('what a project may cost in a workspace that says so itself, by name'),
    periods: z.array(
      z
        .strictObject({
          period: z.enum(BUDGET_PERIODS),
          limit_usd: limit().describe('null: no limit'),
          spent_usd: usd().describe('by runs that began in it, those under way included'),
          runs_of_unknown_cost: count(),
          charged_usd: usd().describe('what counts against the limit: an unknown cost counts, too'),
          ends_at: time(),
        })
        .describe('A day, or a month, in local time.'),
    ),
  })
  .describe("What the owner's budgets allow, and what is spent of them.");

export type WireBudget = z.output<typeof budgetSchema>;
