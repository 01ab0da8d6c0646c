/** What a day may cost beyond its budget: a message of each run, and more only while no supervisor is there to end them. */
import type { Row } from '../../src/store/schema.ts';

type Spender = Pick<Row<'runs'>, 'created_at' | 'ended_at' | 'cost_usd'>;

/** A limit of a day, from the moment at which a supervisor knows of it. */
export interface LimitedDay {
  readonly limitUsd: number;
  /** What had been spent by then, at most. */
  readonly spentUsd: number;
  readonly priceUsd: number;
  /** How many runs were under way since then. */
  readonly runs: number;
  /** Of these, how many had begun before, with no limit of their own. */
  readonly unlimited: number;
  /** Whether a supervisor was killed or frozen meanwhile. */
  readonly wasAlone: boolean;
}

/** What the day may have cost at most, in US dollars. */
export function mostOfDay({ limitUsd, spentUsd, priceUsd, runs, unlimited, wasAlone }: LimitedDay): number {
  // Alone, a run goes on to the limit that it was given, and these were given none.
  if (wasAlone && unlimited > 0) return Number.POSITIVE_INFINITY;
  const beyond = Math.max(limitUsd, spentUsd) + runs * priceUsd;
  if (!wasAlone) return beyond;
  // Each was given what was left as it began.
  return beyond + Math.max(0, runs - 1) * Math.max(0, limitUsd - spentUsd);
}

/**
 * What these runs had cost by a moment, at most, in US dollars: ended ones what is recorded, and one under way a message for
 * each request of its project since it began. The store learns of these only as they are read, and of an adopted run late.
 *
 * @param requestedAt When the project of a run asked the model, in milliseconds since 1970.
 */
export function spentBy<R extends Spender>(
  runs: readonly R[],
  at: Date,
  priceUsd: number,
  requestedAt: (run: R) => readonly number[],
): number {
  return runs.reduce((sum, run) => {
    if (run.ended_at !== null && run.ended_at < at.toISOString()) return sum + (run.cost_usd ?? 0);
    const began = Date.parse(run.created_at);
    const asked = requestedAt(run).filter((time) => time >= began && time <= at.getTime());
    return sum + asked.length * priceUsd;
  }, 0);
}
