/** The commit that a measured tree is compared with, kept in the measure dir: it does not depend on any repository. */
import type { Environment } from '../environment.ts';
import { type Git, textOf } from './git.ts';
import { keepCommit } from './keep-commit.ts';
import { measureGit } from './measure-dir.ts';
import { commitAt, isThere, type Repository } from './repository.ts';

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
  return (await roundsIn(measureGit(measureDir, null, env), projectId)).at(-1)?.commit ?? null;
}

/** In their order. */
async function roundsIn(git: Git, projectId: string): Promise<{ round: string; commit: string }[]> {
  const listed = await git([
    ...['for-each-ref', '--format=%(refname:lstrip=3) %(objectname)'],
    `refs/bridge/${projectId}/`,
  ]);
  return textOf(listed)
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap(([round = '', commit]) => (/^\d+$/.test(round) && commit ? [{ round, commit }] : []))
    .sort((a, b) => Number(a.round) - Number(b.round));
}

/**
 * Names the commits of rounds that the repository has, because they landed or were to, in the measure dir, too: it may be a new
 * one in place of one that was lost. Its objects are those of the repository. Throws when git refuses.
 */
export async function takeBackRounds(
  measureDir: string,
  { commonDir }: Pick<Repository, 'commonDir'>,
  projectId: string,
  env: Environment,
): Promise<void> {
  const rounds = await roundsIn(measureGit(commonDir, null, env), projectId);
  const known = await roundsIn(measureGit(measureDir, null, env), projectId);
  const lost = rounds.filter(({ round }) => !known.some((one) => one.round === round));
  for (const { round, commit } of lost)
    await keepCommit(measureDir, `refs/bridge/${projectId}/${round}`, commit, env);
}
