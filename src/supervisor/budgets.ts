/** What the owner's budgets leave to runs, and the end of the runs that spend the budget of a day or a month. */
import type { Bridge } from '../bridge/bridge.ts';
import { spentInPeriod } from '../bridge/spending.ts';
import { projectRules } from '../bridge/work-rules.ts';
import type { Config } from '../config.ts';
import {
  BUDGET_PERIODS,
  type BudgetPeriod,
  type BudgetScope,
  type Charge,
  periodLimits,
  remainderOf,
  startOfPeriod,
} from '../project/budget.ts';
import { type CostSum, NO_COST } from '../project/costs.ts';
import type { Outcome } from '../project/outcome.ts';
import type { Project } from '../project/project.ts';
import type { Run } from '../project/run.ts';
import type { Context } from './context.ts';
import { ignoreTransient } from './transient.ts';

type PeriodCharge = Charge & { readonly scope: BudgetPeriod };

/**
 * What counts against each budget of the next run of a project. Throws StoreError.
 *
 * @param spent What its earlier runs have cost.
 */
export async function budgetCharges(
  { bridge, config }: Pick<Context, 'bridge' | 'config'>,
  project: Project,
  spent: CostSum,
): Promise<Charge[]> {
  const limits = [project.budgetUsd, projectRules(config, project).projectUsd].filter((usd) => usd !== null);
  return [
    ...chargeOf('run', config.budget.run_usd, NO_COST),
    ...chargeOf('project', limits.length > 0 ? Math.min(...limits) : undefined, spent),
    ...(await periodCharges(bridge, config, bridge.clock.now())),
  ];
}

/** Whether the owner limits what a day or a month may cost. */
export function limitsPeriod({ budget }: Pick<Config, 'budget'>): boolean {
  return Object.values(periodLimits(budget)).some((limit) => limit !== undefined);
}

/** The budget of the day or the month of `at` that is spent, today's by default; of both, the month's. Throws StoreError. */
export async function spentBudget(
  bridge: Bridge,
  config: Pick<Config, 'budget'>,
  at: Date = bridge.clock.now(),
): Promise<PeriodCharge | undefined> {
  const charges = await periodCharges(bridge, config, at);
  return charges.filter((charge) => remainderOf(charge).leftUsd <= 0).at(-1);
}

async function periodCharges(
  bridge: Bridge,
  { budget }: Pick<Config, 'budget'>,
  at: Date,
): Promise<PeriodCharge[]> {
  const limits = periodLimits(budget);
  const limited = BUDGET_PERIODS.filter((period) => limits[period] !== undefined);
  const charges = limited.map(async (period) =>
    chargeOf(period, limits[period], await spentInPeriod(bridge, period, at)),
  );
  return (await Promise.all(charges)).flat();
}

function chargeOf<Scope extends BudgetScope>(scope: Scope, limitUsd: number | undefined, spent: CostSum) {
  return limitUsd === undefined ? [] : [{ scope, limitUsd, spent }];
}

interface Spender {
  readonly run: Pick<Run, 'createdAt'>;
  /** Ends it; called again, it joins the first call. */
  stop(reason: Outcome): Promise<void>;
}

/**
 * Ends the runs of a day or a month once they, with those before them, have spent its budget, also after it is over: a run
 * counts where it began. Each may finish the message that it has begun, and the tools that this calls. Call it when the store
 * knows more of what runs cost. Throws LeaseLost, and a StoreError that does not pass.
 */
export async function endSpenders(
  { bridge, config }: Pick<Context, 'bridge' | 'config'>,
  spenders: readonly Spender[],
): Promise<void> {
  const days = Map.groupBy(spenders, ({ run }) => startOfPeriod('day', new Date(run.createdAt)).getTime());
  for (const [day, ofDay] of days)
    await ignoreTransient(
      spentBudget(bridge, config, new Date(day)).then(async (spent) => {
        if (spent === undefined) return;
        const reason: Outcome = { kind: 'budget_spent', budgetUsd: spent.limitUsd, scope: spent.scope };
        await Promise.all(ofDay.map((one) => one.stop(reason)));
      }),
    );
}
