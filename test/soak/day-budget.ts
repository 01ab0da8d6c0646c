/** The owner's budget of the day is spent for a while, and then raised. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Journal } from './journal.ts';
import type { Random } from './random.ts';
import type { Service } from './service.ts';
import type { StoreView } from './store.ts';
import type { Tally } from './tally.ts';
import type { World } from './world.ts';

export interface DayBudgetOptions {
  readonly world: World;
  readonly store: StoreView;
  readonly service: Service;
  readonly tally: Tally;
  readonly journal: Journal;
  readonly random: Random;
}

/** Leaves some messages of the day; what runs cost meanwhile is that, and one message for each run. Then all is allowed. */
export async function dayBudget(options: DayBudgetOptions, stop: AbortSignal): Promise<void> {
  const { world, store, service, tally, journal, random } = options;
  const spentBefore = spentUsd(store);
  const limitUsd = spentBefore + random.whole(2, 8) * Math.max(journal.messagePriceUsd, MIN_PRICE_USD);
  await world.configure({ budget: { day_usd: Number(limitUsd.toFixed(4)) } });
  const before = store.lease()?.token;
  await service.send('SIGTERM');
  // The supervisor that is replaced knows of no limit.
  await until(() => store.lease()?.token !== before, stop);
  const since = new Date().toISOString();
  const spentBySince = spentUsd(store);
  await until(() => isHeld(store, since), stop);
  await delay(random.whole(2_000, 6_000), undefined, { signal: stop }).catch(() => undefined);
  const worked = store.runs().filter(({ ended_at }) => ended_at === null || ended_at >= since).length;
  const mostUsd = Math.max(limitUsd, spentBySince) + worked * journal.messagePriceUsd;
  if (spentUsd(store) > mostUsd + ROUNDING_USD)
    await tally.violated(
      'broken',
      `the day cost $${spentUsd(store).toFixed(3)} of $${limitUsd.toFixed(3)}, with ${worked} runs since ${since}`,
    );
  await world.configure({ budget: { day_usd: PLENTY_USD } });
  await service.send('SIGTERM');
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
