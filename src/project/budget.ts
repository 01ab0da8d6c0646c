/** What the owner and the plan let runs cost, and which limit is reached first. Pure. */
import { type CostSum, chargedUsd } from './costs.ts';

/** Of one run, of one review, of all runs of a project, and of all runs of a day or a month of the person's calendar. */
export const BUDGET_SCOPES = ['run', 'review', 'project', 'day', 'month'] as const;
export type BudgetScope = (typeof BUDGET_SCOPES)[number];

/** A new one brings a new budget: nothing is left for a person to decide. */
export const BUDGET_PERIODS = ['day', 'month'] as const satisfies readonly BudgetScope[];
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];

export interface Budget {
  readonly scope: BudgetScope;
  /** In US dollars. */
  readonly limitUsd: number;
}

export interface Remainder extends Budget {
  /** In US dollars; 0 or less: it is spent. */
  readonly leftUsd: number;
}

/** What counts against a budget. */
export interface Charge extends Budget {
  readonly spent: CostSum;
}

export function remainderOf({ scope, limitUsd, spent }: Charge): Remainder {
  return { scope, limitUsd, leftUsd: limitUsd - chargedUsd(spent, limitUsd) };
}

/** The budget of which the least is left; undefined when there is none. */
export function tightest(charges: readonly Charge[]): Remainder | undefined {
  return charges.map(remainderOf).sort((a, b) => a.leftUsd - b.leftUsd)[0];
}

/** What a day and a month may cost, by the names of the configuration; undefined: no limit. */
export function periodLimits(budget: {
  readonly day_usd?: number | undefined;
  readonly month_usd?: number | undefined;
}): Record<BudgetPeriod, number | undefined> {
  return { day: budget.day_usd, month: budget.month_usd };
}

export function isPeriod(scope: BudgetScope | undefined): scope is BudgetPeriod {
  return BUDGET_PERIODS.some((period) => period === scope);
}

/** The last midnight in local time, or that of the first day of the month. */
export function startOfPeriod(period: BudgetPeriod, now: Date): Date {
  return new Date(now.getFullYear(), now.getMonth(), period === 'day' ? now.getDate() : 1);
}

/** When the next one begins, in local time. */
export function endOfPeriod(period: BudgetPeriod, now: Date): Date {
  return period === 'day'
    ? new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1)
    : new Date(now.getFullYear(), now.getMonth() + 1, 1);
}

/** What the owner's budgets allow, and what is spent of them; null: no limit. */
export interface BudgetReport {
  readonly runUsd: number | null;
  readonly projectUsd: number | null;
  /** What a project may cost in the workspaces that say so themselves, by name. */
  readonly workspaces: Readonly<Record<string, number>>;
  readonly periods: readonly {
    readonly period: BudgetPeriod;
    readonly limitUsd: number | null;
    readonly spent: CostSum;
    readonly endsAt: string;
  }[];
}
