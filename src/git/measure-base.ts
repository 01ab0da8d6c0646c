/** The commit that a measured tree is compared with, kept in the measure dir: it does not depend on any repository. */
import type { Environment } from '../environment.ts';
import { textOf } from './git.ts';
import { keepCommit } from './keep-commit.ts';
import { measureGit } from './measure-dir.ts';
import { commitAt, isThere } from './repository.ts';

const BASE_REF = 'refs/bridge/base';

/** Keeps it. Throws when git refuses: the commit was made or seen before. */
export async function keepBase(measureDir: string, commit: string, env: Environment): Promise<void> {
  await keepCommit(measureDir, BASE_REF, commit, env);
}

/** Null when nobody has kept one. */
export async function baseOf(measureDir: string, env: Environment): Promise<string | null> {
  return (await isThere(measureDir)) ? commitAt(measureGit(measureDir, null, env), BASE_REF) : null;
}

/**
 * The newest of the commits that were made of rounds; null when there is none. They are `refs/bridge/<project>/<round>`
 * in the measure dir.
 */
export async function newestRound(
  measureDir: string,
  projectId: string,
  env: Environment,
): Promise<string | null> {
  const words = ['for-each-ref', '--format=%(refname:lstrip=3) %(objectname)', `refs/bridge/${projectId}/`];
  const listed = await measureGit(measureDir, null, env)(words);
  const rounds = textOf(listed)
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([round, commit]) => /^\d+$/.test(round ?? '') && commit !== undefined);
  const newest = rounds.sort(([a], [b]) => Number(a) - Number(b)).at(-1);
  return newest?.[1] ?? null;
}
