/** What the acts of a person in their own repositories have in common. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Row } from '../../src/store/schema.ts';
import type { Journal, Obstacle } from './journal.ts';
import type { Person } from './person.ts';
import type { Random } from './random.ts';
import type { Repository } from './repository.ts';
import type { StoreView } from './store.ts';
import type { Tally } from './tally.ts';

export interface DeskOptions {
  readonly repositories: readonly Repository[];
  readonly store: StoreView;
  readonly journal: Journal;
  readonly person: Person;
  readonly tally: Tally;
  readonly random: Random;
}

/** Something is in the way of landings from now on, until it is over. */
export function stands(
  { journal }: DeskOptions,
  { path }: Repository,
  causes: readonly string[],
  projectId: string | null = null,
): Obstacle {
  const obstacle = { repository: path, projectId, causes, from: Date.now(), until: Number.POSITIVE_INFINITY };
  journal.obstacles.push(obstacle);
  return obstacle;
}

export function isOver({ person }: DeskOptions, obstacle: Obstacle): void {
  obstacle.until = Date.now();
  person.putsAllBack = true;
}

/** Those that approved work is merged into. */
export function merging({ repositories }: DeskOptions): readonly [Repository, ...Repository[]] {
  return some(repositories.filter(({ name }) => name === 'site' || name === 'lib'));
}

/** A project whose work is to be merged, and has begun from what the base was. */
export function toLand(
  options: DeskOptions,
  statuses: readonly string[],
): { readonly project: Row<'projects'>; readonly tag: string; readonly repository: Repository } | undefined {
  const { store, journal, random } = options;
  const { projects, worktrees } = store.tables();
  const due = merging(options).flatMap((repository) =>
    projects
      .filter(
        ({ id, status }) =>
          statuses.includes(status) && worktrees.some(({ project_id }) => project_id === id),
      )
      .filter(({ workspace }) => workspace === repository.path)
      .flatMap((project) => {
        const tag = journal.plans.find(({ requestId }) => requestId === project.request_id)?.tag;
        return tag === undefined ? [] : [{ project, tag, repository }];
      }),
  );
  return due.length === 0 ? undefined : random.pick(some(due));
}

/** Calls git until it is let: while a landing moves the same checkout, git has it locked. */
export async function again(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS) throw error;
      await delay(LOCKED_MS);
    }
  }
}

const MAX_ATTEMPTS = 40;
const LOCKED_MS = 250;

export function some<T>(list: readonly T[]): readonly [T, ...T[]] {
  const [first, ...others] = list;
  if (first === undefined) throw new Error('nothing to choose from');
  return [first, ...others];
}

/** Waits; at the latest until the signal aborts. */
export async function pass(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
