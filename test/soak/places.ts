/** Where the plans of a soak are worked on: folders without git, and repositories with their owner's rules. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CHECKS, PREPARE } from './owners-commands.ts';
import { makeRepository, type Repository } from './repository.ts';

/** Among the folders without git, the one whose own settings for Claude count. */
export const WITH_SETTINGS = 'gamma';
/** Among them, the one that is at times not there. */
export const FLEETING = 'delta';

const FOLDERS = ['alpha', WITH_SETTINGS, FLEETING] as const;

const { green, flaky, hanging, leaving, loud } = CHECKS;

/**
 * What the owner says of each repository. The base of `lib` is checked out nowhere; all others have theirs in the
 * person's checkout.
 */
const RULES = {
  site: { prepare: PREPARE, checks: [green, flaky], on_approve: 'merge', repairs: 2 },
  lib: { prepare: PREPARE, checks: [green, loud, flaky], on_approve: 'merge', repairs: 1, base: 'main' },
  docs: { prepare: PREPARE, checks: [green, leaving], on_approve: 'branch' },
  api: { prepare: PREPARE, checks: [green, hanging], on_approve: 'push', repairs: 1, remote: 'origin' },
  desk: { isolation: 'in_place', checks: [loud, leaving] },
} as const;

type RepositoryName = keyof typeof RULES;

/** The order in which plans go there; null is a folder of the project's own. Repositories first: a minute is short. */
const TURNS = [
  ...['site', 'lib', 'alpha', 'api', 'site', 'docs', null, 'desk', 'lib', WITH_SETTINGS, 'site', 'api'],
  ...[FLEETING, 'lib', null, 'docs', 'site', 'desk', 'alpha', null],
];

/** Where the plan with this number, from 0, is to be worked on; null for a folder of its own. */
export function placeOf(number: number): string | null {
  return TURNS[number % TURNS.length] ?? null;
}

export interface Places {
  /** Members of `workspaces` in config.json. */
  readonly workspaces: Readonly<Record<string, unknown>>;
  readonly repositories: readonly Repository[];
}

export async function makePlaces(root: string): Promise<Places> {
  const workspaces: Record<string, unknown> = {};
  for (const name of FOLDERS) {
    const path = placePath(root, name);
    await mkdir(path, { recursive: true });
    workspaces[name] = name === WITH_SETTINGS ? { path, claude_settings: 'all' } : path;
  }
  const repositories: Repository[] = [];
  for (const name of Object.keys(RULES) as RepositoryName[]) {
    const path = placePath(root, name);
    const remote = name === 'api' ? placePath(root, `${name}-remote.git`) : null;
    repositories.push(
      await makeRepository({ name, path, remote, checkedOut: name === 'lib' ? 'mine' : 'main' }),
    );
    workspaces[name] = { path, ...RULES[name] };
  }
  return { workspaces, repositories };
}

export function placePath(root: string, name: string): string {
  return join(root, 'work', name);
}

/** Where a folder is kept while it is not there. */
export function awayPath(path: string): string {
  return `${path}.away`;
}
