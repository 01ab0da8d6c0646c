/** Commits a measured tree, in its measure dir. */
import type { Environment } from '../environment.ts';
import { reasonOf, textOf } from './git.ts';
import { measureGit } from './measure-dir.ts';

export interface CommitPlan {
  /** Its id, or `<commit>^{tree}`. */
  readonly tree: string;
  /** None for a folder without git. */
  readonly parents: readonly string[];
  /** Its first line is the subject. */
  readonly message: string;
  readonly trailers: readonly (readonly [key: string, value: string])[];
  /** Of author and committer: the same plan gives the same commit. */
  readonly date: Date;
}

/**
 * The id of the commit, whose author is the person of the configuration when the measure dir was made. Throws when git
 * refuses: the tree and the parents were written or seen before.
 */
export async function commitTree(measureDir: string, plan: CommitPlan, env: Environment): Promise<string> {
  const { tree, parents, trailers, date } = plan;
  const lines = trailers.map(([key, value]) => `${key}: ${value.replaceAll(/\s+/g, ' ')}\n`);
  // Without the sign, git takes a small number for a year (seen with git 2.39).
  const when = `@${Math.floor(date.getTime() / 1_000)} +0000`;
  const made = await measureGit(
    measureDir,
    null,
    env,
  )(['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'], {
    input: `${plan.message.replaceAll('\0', '').trim()}\n\n${lines.join('')}`,
    variables: { GIT_AUTHOR_DATE: when, GIT_COMMITTER_DATE: when },
  });
  if (made.code !== 0) throw new Error(`git makes no commit of ${tree}: ${reasonOf(made)}`);
  return textOf(made);
}
