/** Sets the branch of a work tree of ours to the commit that was approved. */
import type { Environment } from '../environment.ts';
import { reasonOf, textOf } from './git.ts';
import { type LandingResult, refused } from './landing-outcome.ts';
import { isAncestor } from './merge.ts';
import { commitAt, type Repository } from './repository.ts';
import { repositoryGit } from './repository-git.ts';
import { findEntry, leadsTo } from './worktree-entry.ts';
import { listWorktrees } from './worktree-list.ts';

interface BranchPlan {
  readonly commit: string;
  readonly branch: string;
  /** The only place where the branch may be checked out. */
  readonly worktree: string;
  /** The ref that keeps the commit. */
  readonly ref: string;
}

/**
 * Lands a commit that the repository has. Commits that were made on the branch meanwhile, and are not in this one, are
 * kept as `<ref>-before`.
 */
export async function landOnBranch(
  { topLevel, commonDir }: Repository,
  { commit, branch, worktree, ref }: BranchPlan,
  env: Environment,
): Promise<LandingResult> {
  const { git } = await repositoryGit(topLevel, env);
  const target = `refs/heads/${branch}`;
  const from = await commitAt(git, target);
  if (from !== null && (await isAncestor(git, commit, from)))
    return { kind: 'landed', target, from: null, to: commit, wasThere: true, checkout: null };
  const holder = (await listWorktrees(git)).find((one) => one.branch === branch && one.path !== worktree);
  if (holder) return refused('checked-out', holder.path);
  if (from !== null && !(await isAncestor(git, from, commit))) {
    const kept = await git(['update-ref', `${ref}-before`, from]);
    if (kept.code !== 0) return refused('failed', reasonOf(kept));
  }
  // Only from the commit that was looked at; an empty one where there was none.
  const moved = await git(['update-ref', target, commit, from ?? '']);
  if (moved.code !== 0) return refused('branch-moved', reasonOf(moved));
  await follow(commonDir, worktree, commit, env);
  const to = await commitAt(git, target);
  if (to !== commit) return refused('read-back', `${target} is at ${to}`);
  return { kind: 'landed', target, from, to, wasThere: false, checkout: null };
}

/** So that git shows, in the work tree, what is not in the commit. */
async function follow(commonDir: string, worktree: string, commit: string, env: Environment): Promise<void> {
  const entry = await findEntry(commonDir, worktree);
  if (!entry || !(await leadsTo(worktree, entry))) return;
  const { git } = await repositoryGit(worktree, env);
  if (textOf(await git(['rev-parse', 'HEAD'])) !== commit) return;
  await git(['read-tree', commit]);
  await git(['update-index', '-q', '--refresh']);
}
