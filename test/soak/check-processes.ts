/** The machine against the store: who lives, and in whose name. */

import { setTimeout as delay } from 'node:timers/promises';
import { asRunId } from '../../src/project/ids.ts';
import type { Finding, Watched } from './checks.ts';
import { claudesAmong, type Living, livingIn, sessionOf } from './living.ts';

/** No two claude processes for one session or project, no process without its run, none after the end of its run. */
export async function processes({ world, store }: Watched): Promise<Finding[]> {
  // In this order: a run that had ended before the look has no process in it, and one that is seen had its row before.
  const ended = new Set(store.runs().flatMap(({ id, ended_at }) => (ended_at === null ? [] : [id])));
  let living = await livingIn(world.root);
  const recorded = new Set(store.runs().map(({ id }) => id));
  const unknown = living.filter(({ run }) => run !== undefined && !recorded.has(asRunId(run)));
  const suspects = [...outlived(living, ended), ...shared(living)];
  if (suspects.length > 0) {
    // What was killed is gone a moment later; what is named in the log is known to be left.
    await delay(LEFTOVER_MS);
    living = await livingIn(world.root);
  }
  const confirmed = new Set([...outlived(living, ended), ...shared(living)]);
  return [
    ...unknown.map(
      (one): Finding => ['broken', `process ${one.identity.pid} of run ${one.run}, which has no row`],
    ),
    ...suspects.filter((what) => confirmed.has(what)).map((what): Finding => ['broken', what]),
  ];
}

const LEFTOVER_MS = 3_000;

function outlived(living: readonly Living[], ended: ReadonlySet<string>): string[] {
  return living.flatMap(({ identity, run, argv }) =>
    run !== undefined && ended.has(run)
      ? [`process ${identity.pid} of run ${run}, which has ended: ${argv.join(' ').slice(0, 100)}`]
      : [],
  );
}

/** Two processes at one look are two: a run's end is recorded when its process is gone, and only then the next begins. */
export function shared(living: readonly Living[]): string[] {
  const claudes = claudesAmong(living);
  const found: string[] = [];
  for (const [what, key] of [
    ['session', sessionOf],
    ['project', ({ project }: Living) => project],
  ] as const) {
    for (const [name, group] of Map.groupBy(claudes, key)) {
      if (name === undefined || group.length < 2) continue;
      const pids = group.map(({ identity, run }) => `${identity.pid} (run ${run})`).sort();
      found.push(`${what} ${name} has ${group.length} claude processes: ${pids.join(', ')}`);
    }
  }
  return found;
}
