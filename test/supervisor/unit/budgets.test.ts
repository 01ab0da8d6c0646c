import { expect, test } from 'vitest';
import { databaseOf } from '../../../src/bridge/open-bridge.ts';
import { loadConfig } from '../../../src/config.ts';
import type { Outcome } from '../../../src/project/outcome.ts';
import { EMPTY_LIVE_STATE, type Run } from '../../../src/project/run.ts';
import { putLiveStates } from '../../../src/store/run-live.ts';
import { endSpenders, spentBudget } from '../../../src/supervisor/budgets.ts';
import { begin, send, supervised } from '../../bridge/steps.ts';
import type { Rig } from '../../rig.ts';

const HOUR = 3_600_000;

async function beginOne(rig: Rig): Promise<Run> {
  await send(rig);
  return (await begin(rig)).run;
}

async function cost(rig: Rig, run: Run, costUsd: number): Promise<void> {
  const states = new Map([[run.id, { ...EMPTY_LIVE_STATE, costUsd }]]);
  await databaseOf(rig.bridge).write(({ trx }) => putLiveStates(trx, states));
}

/** Which of these runs end, and by which budget. */
async function ended(rig: Rig, budget: object, runs: readonly Run[]) {
  const config = { ...loadConfig(rig.home, {}), budget };
  const stopped: [string, Outcome][] = [];
  const spenders = runs.map((run) => ({
    run,
    stop: async (reason: Outcome) => void stopped.push([run.id, reason]),
  }));
  await endSpenders({ bridge: rig.bridge, config }, spenders);
  return stopped.map(([id, reason]) => [id, reason.kind === 'budget_spent' ? reason.scope : reason.kind]);
}

function toLocal(rig: Rig, ...time: [year: number, month: number, day: number, hour: number]): void {
  rig.clock.advance(new Date(...time).getTime() - rig.clock.now().getTime());
}

test.each([
  'day',
  'month',
] as const)('runs that spend the budget of a %s together end also when it is over by then, and leave the next one whole', async (period) => {
  await using rig = await supervised();
  toLocal(rig, 2026, 2, 31, 23);
  const [one, two] = [await beginOne(rig), await beginOne(rig)];
  rig.clock.advance(2 * HOUR);
  const next = await beginOne(rig);
  await cost(rig, one, 6);
  await cost(rig, next, 6);
  const budget = { [`${period}_usd`]: 10 };
  expect(await ended(rig, budget, [one, two, next])).toEqual([]);
  await cost(rig, two, 5);
  expect(await ended(rig, budget, [one, two, next])).toEqual([
    [one.id, period],
    [two.id, period],
  ]);
  // What began yesterday is not of today.
  const config = { ...loadConfig(rig.home, {}), budget };
  expect(await spentBudget(rig.bridge, config)).toBeUndefined();
});
