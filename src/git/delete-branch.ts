/** Deletes a branch that nothing depends on. */
import type { Environment } from '../environment.ts';
import { reasonOf, textOf } from './git.ts';
import { commitAt, type Repository } from './repository.ts';
import { repositoryGit } from './repository-git.ts';
import { listWorktrees } from './worktree-list.ts';

export type DeletedBranch =
  | { readonly kind: 'deleted' }
  | {
      readonly kind: 'kept';
      readonly cause: 'own-commits' | 'checked-out' | 'failed';
      readonly detail: string;
    };

/** Deletes it unless it has a commit that no other branch, remote branch or tag has, or a work tree has it. */
export async function deleteBranch(
  { topLevel }: Repository,
  branch: string,
  env: Environment,
): Promise<DeletedBranch> {
  const { git } = await repositoryGit(topLevel, env);
  const tip = await commitAt(git, `refs/heads/${branch}`);
  if (tip === null) return { kind: 'deleted' };
  const others = [`--exclude=${branch}`, '--branches', '--remotes', '--tags'];
  const own = await git(['rev-list', '--max-count=1', tip, '--not', ...others]);
  if (own.code !== 0) return { kind: 'kept', cause: 'failed', detail: reasonOf(own) };
  if (own.stdout.length > 0) return { kind: 'kept', cause: 'own-commits', detail: textOf(own) };
  const holder = (await listWorktrees(git)).find((worktree) => worktree.branch === branch);
  if (holder) return { kind: 'kept', cause: 'checked-out', detail: holder.path };
  // Only from the commit that was looked at.
  const deleted = await git(['update-ref', '-d', `refs/heads/${branch}`, tip]);
  return deleted.code === 0
    ? { kind: 'deleted' }
    : { kind: 'kept', cause: 'failed', detail: reasonOf(deleted) };
}
