/** Whether work can still be joined with the branch it began from, tried out in its measure dir. */
import type { Environment } from '../environment.ts';
import { commitTree } from './commit-tree.ts';
import { type Git, reasonOf, textOf } from './git.ts';
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
  /** The branch has all that the work changed: its tree. */
  | { readonly kind: 'there'; readonly tree: string }
  /** What a commit with these parents holds: the branch and the work, or the branch alone where it was rewritten. */
  | { readonly kind: 'clean'; readonly tree: string; readonly parents: readonly string[] }
  | { readonly kind: 'conflict'; readonly names: readonly FileName[] }
  | { readonly kind: 'failed'; readonly detail: string };

interface Merging {
  /** Where the branch is now. */
  readonly base: string;
  readonly work: string;
  /** Where the branch was when the work began. */
  readonly began: string;
}

/**
 * Merges work with a branch. One that was rewritten has commits no more that the work began from, and the work would
 * bring them back: then its changes alone are made once more. Neither a merge driver nor an attribute has a say, so a
 * file that is merged in a way of its own may be a conflict here.
 */
export async function tryMerge(
  measureDir: string,
  { base, work, began }: Merging,
  env: Environment,
): Promise<TriedMerge> {
  const git = measureGit(measureDir, null, env);
  const isRewritten = !(await isAncestor(git, began, base));
  if (isRewritten && (await commitAt(git, base)) === null)
    return { kind: 'failed', detail: `${base} is not there` };
  if (!isRewritten && (await isAncestor(git, base, work))) return { kind: 'fast-forward' };
  const sides = isRewritten ? await unrelated(measureDir, { base, work, began }, env) : [base, work];
  const merged = await git(['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', ...sides]);
  const [treeBytes = Buffer.alloc(0), ...names] = fieldsOf(merged.stdout);
  const tree = treeBytes.toString();
  if (merged.code === 0) {
    const isThere = textOf(await git(['rev-parse', '--verify', `${base}^{tree}`])) === tree;
    return isThere
      ? { kind: 'there', tree }
      : { kind: 'clean', tree, parents: isRewritten ? [base] : [base, work] };
  }
  return merged.code === 1 && names.length > 0
    ? { kind: 'conflict', names: names.filter((name) => name.length > 0).map(fileName) }
    : { kind: 'failed', detail: reasonOf(merged) };
}

/**
 * Commits with the content of both, and of what the work began from as their only history. Git knows `--merge-base` from
 * 2.40 on.
 */
async function unrelated(
  measureDir: string,
  { base, work, began }: Merging,
  env: Environment,
): Promise<readonly string[]> {
  const contentOf = (commit: string, parents: readonly string[]) => {
    const plan = { tree: `${commit}^{tree}`, parents, message: 'content', trailers: [], date: new Date(0) };
    return commitTree(measureDir, plan, env);
  };
  const common = await contentOf(began, []);
  return [await contentOf(base, [common]), await contentOf(work, [common])];
}
