/**
 * What must be true after every kill. The journal against the store: what was acknowledged is there, once. The store
 * against itself: the same invariants that every test of a fault ends with. The machine against the store: who lives,
 * and in whose name. The workspaces against the store: no work was done twice that the record does not explain. The
 * repositories against the store: what was approved landed, once, and nothing of the person's changed beside it. What was
 * asked against what ran and was spent: no call without its permission, no message beyond a budget but one for each run.
 */
import { invariants } from '../faults/invariants.ts';
import { afterSubmission } from './check-after.ts';
import { asking } from './check-asking.ts';
import { checkouts } from './check-checkouts.ts';
import { commands } from './check-commands.ts';
import { evidence } from './check-evidence.ts';
import { journalInStore } from './check-journal.ts';
import { landings } from './check-landings.ts';
import { money } from './check-money.ts';
import { parks } from './check-parks.ts';
import { processes } from './check-processes.ts';
import { repositories } from './check-repositories.ts';
import { work } from './check-work.ts';
import type { Journal } from './journal.ts';
import type { StoreView } from './store.ts';
import type { Suspicions } from './suspicions.ts';
import type { Tally, ViolationKind } from './tally.ts';
import type { World } from './world.ts';

export interface Watched {
  readonly seed: number;
  readonly world: World;
  readonly store: StoreView;
  readonly journal: Journal;
  readonly tally: Tally;
  readonly suspicions: Suspicions;
  /** What git has shown to be so, which need not be asked after each kill. Everything is asked again at the end. */
  readonly proved: Set<string>;
}

export type Finding = readonly [ViolationKind, string];

export async function check(watched: Watched): Promise<void> {
  const { journal, store, tally, world } = watched;
  tally.checks += 1;
  const acknowledged = journal.plans.flatMap(({ projectId }) => projectId ?? []);
  const findings: Finding[] = [
    ...legality(world.home, acknowledged),
    ...journalInStore(journal, store.tables()),
    ...(await processes(watched)),
    ...(await work(watched)),
    ...(await afterSubmission(watched)),
    ...parks(watched),
    ...(await evidence(watched)),
    ...(await landings(watched)),
    ...(await checkouts(watched)),
    ...(await repositories(watched)),
    ...(await commands(watched)),
    ...(await asking(watched)),
    ...money(watched),
  ];
  for (const [kind, what] of findings) await tally.violated(kind, what);
}

function legality(home: string, sent: readonly string[]): Finding[] {
  try {
    invariants(home, { sent, witness: [] });
    return [];
  } catch (error) {
    const { actual } = error as { readonly actual?: unknown };
    const list = Array.isArray(actual) ? actual : [error];
    return list.map((what) => ['broken', String(what)]);
  }
}
