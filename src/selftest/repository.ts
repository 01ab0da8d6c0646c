/** The sandbox's repository: made before the work begins, and read back when the work has landed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import { type GitOptions, reasonOf, runGit, textOf } from '../git/git.ts';
import { whyUnusable } from '../git/repository.ts';
import { SelftestError } from './selftest-error.ts';

/** The branch that is checked out in it. */
export const BASE = 'main';

/** Why there is no repository, without a full stop; undefined when git is of use. */
export async function gitProblem(env: Environment): Promise<string | undefined> {
  const unusable = await whyUnusable(env);
  if (!unusable) return undefined;
  switch (unusable.cause) {
    case 'no-git':
      return 'git is not installed';
    case 'git-too-old':
      return `git ${unusable.detail} is too old`;
    default:
      return `git failed (${unusable.detail})`;
  }
}

/** Makes a repository of the folder, with all its files in one commit and a name of its own. Throws SelftestError. */
export async function makeRepository(folder: string, env: Environment): Promise<void> {
  const git = gitIn(folder, env);
  await git(['init', '--quiet', '--template=', `--initial-branch=${BASE}`]);
  await git(['config', 'user.name', 'You']);
  await git(['config', 'user.email', 'you@example.com']);
  await git(['add', '--all']);
  await git(['commit', '--quiet', '--message=Begin']);
}

/** What the base branch has. */
export interface BaseBranch {
  readonly commit: string;
  readonly tree: string;
}

/**
 * Reads the base branch and the folder where it is checked out. Throws SelftestError when a file of the folder is not
 * what the branch has.
 */
export async function readBase(folder: string, env: Environment): Promise<BaseBranch> {
  const git = gitIn(folder, env);
  const [commit = '', tree = ''] = (await git(['rev-parse', BASE, `${BASE}^{tree}`])).split('\n');
  const changed = await git(['status', '--porcelain']);
  if (changed !== '') throw new SelftestError(`the folder differs from ${BASE}: ${changed}`);
  return { commit, tree };
}

/** The history of the base branch, newest first, one commit a line. */
export async function historyOf(folder: string, env: Environment): Promise<string[]> {
  const format = '--format=%h %an: %s';
  return (await gitIn(folder, env)(['log', '--graph', format, BASE])).split('\n');
}

/** The size in bytes of a file that folder and base branch have alike. Throws SelftestError when they do not. */
export async function sameBytes(folder: string, name: string, env: Environment): Promise<number> {
  const asked = await runGit(env, ['-C', folder, 'cat-file', 'blob', `${BASE}:${name}`], {});
  const found = await readFile(join(folder, name)).catch(() => undefined);
  if (asked.code !== 0 || !found?.equals(asked.stdout))
    throw new SelftestError(`${name} in the folder is not ${name} of ${BASE}`);
  return found.length;
}

function gitIn(folder: string, env: Environment) {
  return async (args: readonly string[], options: GitOptions = {}): Promise<string> => {
    const result = await runGit(env, ['-C', folder, ...args], options);
    if (result.code !== 0) throw new SelftestError(`git ${args[0]} failed: ${reasonOf(result)}`);
    return textOf(result);
  };
}
