import * as z from 'zod';
import { BUDGET_PERIODS } from '../../project/budget.ts';
import { count, id, time, usd } from './scalars.ts';

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

const share = {
  usd: usd().describe('of the runs whose cost is known'),
  runs: count(),
  runs_of_unknown_cost: count(),
};

/** The same, with what the last days have cost. */
export const costsSchema = budgetSchema
  .extend({
    timezone: z.string().describe('in which a day begins and ends'),
    days: z.array(z.strictObject({ date: z.iso.date(), ...share })).describe('oldest first, idle ones too'),
    projects: z
      .array(z.strictObject({ project_id: id(), title: z.string(), ...share }))
      .describe('of these days, the dearest first'),
    models: z
      .array(z.strictObject({ model: z.string().nullable().describe('null: none has answered'), ...share }))
      .describe('the dearest first'),
    outcomes: z
      .array(z.strictObject({ outcome: z.string().nullable().describe('null: under way'), ...share }))
      .describe('the dearest first'),
  })
  .describe("What the owner's budgets allow, and what runs have cost.");

export type WireCosts = z.output<typeof costsSchema>;
