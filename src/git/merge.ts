/** Whether work can still be joined with the branch it began from, tried out in its measure dir. */
import type { Environment } from '../environment.ts';
import { type Git, reasonOf } from './git.ts';
import { measureGit } from './measure-dir.ts';
import { type FileName, fieldsOf, fileName } from './names.ts';
import { commitAt, type Repository } from './repository.ts';
import { repositoryGit } from './repository-git.ts';

export interface BaseState {
  /** `ahead`: commits were added. `diverged`: it was rewritten, and the work began from a commit it has no more. */
  readonly state: 'same' | 'ahead' | 'diverged' | 'gone';
  /** Where the branch is now; null when it is gone. */
  readonly oid: string | null;
}

/** What became of a branch since it was at `oid`. */
export async function baseState(
  { topLevel }: Repository,
  base: { readonly branch: string; readonly oid: string },
  env: Environment,
): Promise<BaseState> {
  const { git } = await repositoryGit(topLevel, env);
  const now = await commitAt(git, `refs/heads/${base.branch}`);
  if (now === null) return { state: 'gone', oid: null };
  if (now === base.oid) return { state: 'same', oid: now };
  return { state: (await isAncestor(git, base.oid, now)) ? 'ahead' : 'diverged', oid: now };
}

/** Whether `commit` has `ancestor` in its history, or is it. False where one of them is not there. */
export async function isAncestor(git: Git, ancestor: string, commit: string): Promise<boolean> {
  return (await git(['merge-base', '--is-ancestor', ancestor, commit])).code === 0;
}

export type TriedMerge =
  /** The branch has nothing that the work does not have: the work itself can land. */
  | { readonly kind: 'fast-forward' }
  /** The tree of a merge commit whose parents are the branch and the work. */
  | { readonly kind: 'clean'; readonly tree: string }
  | { readonly kind: 'conflict'; readonly names: readonly FileName[] }
  | { readonly kind: 'failed'; readonly detail: string };

/**
 * Merges two commits. Neither a merge driver nor an attribute has a say, so a file that is merged in a way of its own
 * may be a conflict here.
 */
export async function tryMerge(
  measureDir: string,
  { base, work }: { readonly base: string; readonly work: string },
  env: Environment,
): Promise<TriedMerge> {
  const git = measureGit(measureDir, null, env);
  if (await isAncestor(git, base, work)) return { kind: 'fast-forward' };
  const merged = await git(['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', base, work]);
  const [tree = Buffer.alloc(0), ...names] = fieldsOf(merged.stdout);
  if (merged.code === 0) return { kind: 'clean', tree: tree.toString() };
  return merged.code === 1 && names.length > 0
    ? { kind: 'conflict', names: names.filter((name) => name.length > 0).map(fileName) }
    : { kind: 'failed', detail: reasonOf(merged) };
}
