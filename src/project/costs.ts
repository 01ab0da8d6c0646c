/** What several runs have cost together, when the cost of some may be unknown. */

export interface CostSum {
  /** In US dollars, of the runs whose cost is known. */
  readonly usd: number;
  /** How many runs made requests of which nobody knows what they cost. */
  readonly unknown: number;
  /** In US dollars, the most that one of them is known to have cost; 0 when none is. */
  readonly dearestUsd: number;
}

/** A sum as it is shown. */
export type ShownSum = Omit<CostSum, 'dearestUsd'>;

export const NO_COST: CostSum = { usd: 0, unknown: 0, dearestUsd: 0 };

/** @param costs In US dollars; null: unknown. */
export function sumCosts(costs: readonly (number | null)[]): CostSum {
  const known = costs.filter((cost) => cost !== null);
  return {
    usd: known.reduce((sum, cost) => sum + cost, 0),
    unknown: costs.length - known.length,
    dearestUsd: Math.max(0, ...known),
  };
}

/** Of sums that have no run in common. */
export function addCosts(sums: readonly CostSum[]): CostSum {
  return sums.reduce(
    (all, { usd, unknown, dearestUsd }) => ({
      usd: all.usd + usd,
      unknown: all.unknown + unknown,
      dearestUsd: Math.max(all.dearestUsd, dearestUsd),
    }),
    NO_COST,
  );
}

/** For a person: `$0.32`, or `$0.32 (the cost of 2 runs is unknown)`. */
export function describeCosts({ usd, unknown }: ShownSum): string {
  const rest = unknown === 1 ? 'the cost of 1 run is unknown' : `the cost of ${unknown} runs is unknown`;
  return unknown === 0 ? dollars(usd) : `${dollars(usd)} (${rest})`;
}

/** For a person: `$0.32`, or `unknown`. */
export function dollars(usd: number | null): string {
  return usd === null ? 'unknown' : `$${usd.toFixed(2)}`;
}

/** An unknown cost counts as at least this share of the budget, so that runs of unknown cost come to an end. */
const MIN_SHARE = 0.1;

/**
 * What runs count against their budget, in US dollars. A run of unknown cost counts as much as the dearest of them, and
 * at least as a tenth of the budget.
 */
export function chargedUsd({ usd, unknown, dearestUsd }: CostSum, budgetUsd: number): number {
  return usd + unknown * Math.max(dearestUsd, budgetUsd * MIN_SHARE);
}
