/** The owner's budget of the day is spent for a while, and then raised. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Row } from '../../src/store/schema.ts';
import { mostOfDay, spentBy } from './check-day.ts';
import type { Journal } from './journal.ts';
import type { Random } from './random.ts';
import type { Service } from './service.ts';
import type { StoreView } from './store.ts';
import type { Tally } from './tally.ts';
import type { Weather } from './weather.ts';
import type { World } from './world.ts';

export interface DayBudgetOptions {
  readonly world: World;
  readonly store: StoreView;
  readonly service: Service;
  readonly weather: Weather;
  readonly tally: Tally;
  readonly journal: Journal;
  readonly random: Random;
}

/**
 * Leaves some messages of the day, and looks at what runs cost meanwhile; then all is allowed. Messages take as long as those
 * of a real model: faster ones begin before anybody can be told to end. Every other time nothing is done to the supervisor.
 */
export async function dayBudget(options: DayBudgetOptions, stop: AbortSignal): Promise<void> {
  const { world, store, service, weather, tally, journal, random } = options;
  const priceUsd = () => Math.max(journal.messagePriceUsd, MIN_PRICE_USD);
  weather.isSlow = true;
  service.isSpared = random.chance(0.5);
  const limitUsd = Number((spentUsd(store) + random.whole(2, 8) * priceUsd()).toFixed(4));
  await world.configure({ budget: { day_usd: limitUsd } });
  const before = store.lease()?.token;
  const signals = service.signals + ((await service.send('SIGTERM')) ? 1 : 0);
  // The supervisor that is replaced knows of no limit.
  await until(() => store.lease()?.token !== before, stop);
  const isReplaced = store.lease()?.token !== before;
  const since = new Date();
  const unlimited = store.runs().filter(({ ended_at }) => ended_at === null).length;
  await until(() => isHeld(store, since.toISOString()), stop);
  await delay(random.whole(2_000, 6_000), undefined, { signal: stop }).catch(() => undefined);
  const runs = store.runs();
  const spent = runs.reduce((sum, { cost_usd }) => sum + (cost_usd ?? 0), 0);
  const mostUsd = mostOfDay({
    limitUsd,
    spentUsd: spentBy(runs, since, priceUsd(), (run) => requestsOf(run, store, journal)),
    priceUsd: priceUsd(),
    runs: runs.filter(({ ended_at }) => ended_at === null || ended_at >= since.toISOString()).length,
    unlimited,
    wasAlone: service.signals !== signals,
  });
  if (isReplaced && spent > mostUsd + ROUNDING_USD)
    await tally.violated(
      'broken',
      `the day cost $${spent.toFixed(3)} of $${limitUsd.toFixed(3)}, at most $${mostUsd.toFixed(3)} was to be expected since ${since.toISOString()}`,
    );
  weather.isSlow = false;
  service.isSpared = false;
  await world.configure({ budget: { day_usd: PLENTY_USD } });
  await service.send('SIGTERM');
}

/** When the project of a run asked the model, in milliseconds since 1970. */
function requestsOf({ project_id }: Row<'runs'>, store: StoreView, journal: Journal): readonly number[] {
  const project = store.projects().find(({ id }) => id === project_id);
  const plan = journal.plans.find(({ requestId }) => requestId === project?.request_id);
  return (plan && journal.requestedAt.get(plan.tag)) ?? [];
}

/** What is known to have been spent. A soak over midnight has two days; then this is too much, and the limit is, too. */
function spentUsd(store: StoreView): number {
  return store.runs().reduce((sum, { cost_usd }) => sum + (cost_usd ?? 0), 0);
}

function isHeld(store: StoreView, since: string): boolean {
  return store
    .events('hold.set')
    .some(({ data, created_at }) => created_at >= since && JSON.parse(data).kind === 'budget');
}

/** Waits for a state, but not for ever: nothing may be there to do. */
async function until(isThere: () => boolean, stop: AbortSignal): Promise<void> {
  const deadline = performance.now() + STATE_TIMEOUT_MS;
  while (!isThere() && !stop.aborted && performance.now() < deadline) await delay(LOOK_MS);
}

const STATE_TIMEOUT_MS = 20_000;
const LOOK_MS = 200;
const MIN_PRICE_USD = 0.01;
const ROUNDING_USD = 1e-3;
const PLENTY_USD = 10_000;
