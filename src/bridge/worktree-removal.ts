/**
 * Removes what a closed project has of git: its worktree, its branch, and what its work was measured with. Nothing that
 * no branch has is lost by that: git/remove-worktree.ts has the rule.
 */
import { rm } from 'node:fs/promises';
import type { Environment } from '../environment.ts';
import { deleteBranch } from '../git/delete-branch.ts';
import { newestRound } from '../git/measure-base.ts';
import { createMeasureDir } from '../git/measure-dir.ts';
import { type KeptCause, type Removal, removeWorktree } from '../git/remove-worktree.ts';
import { inspectRepository, type RefusalCause } from '../git/repository.ts';
import { lockReason, type Worktree } from '../project/worktree.ts';

type Kept = Extract<Removal, { kind: 'kept' }>;

export type WorktreeRemoval =
  | Extract<Removal, { kind: 'removed' }>
  | (Omit<Kept, 'cause'> & { readonly cause: KeptCause | RefusalCause | 'no-repository' });

/** Removes it, or says what keeps it. Who calls records it. Throws the system's errors. */
export async function removeFromDisk(worktree: Worktree, env: Environment): Promise<WorktreeRemoval> {
  const { projectId, repo, path, branch, baseOid, measureDir } = worktree;
  const repository = await inspectRepository(repo, env);
  if (repository.kind === 'none') return kept('no-repository', repo);
  if (repository.kind === 'refused') return kept(repository.cause, repository.detail);
  // Missing where the project was called off before it was made.
  await createMeasureDir({ measureDir, folder: path, repository, freshGitDir: null }, env);
  const commit = (await newestRound(measureDir, projectId, env)) ?? baseOid;
  const plan = { path, measureDir, commit, base: baseOid, reason: lockReason(projectId) };
  const removal = await removeWorktree(repository, plan, env);
  if (removal.kind === 'kept') return removal;
  // One with commits of its own stays.
  await deleteBranch(repository, branch, env);
  await rm(measureDir, { recursive: true, force: true });
  return removal;
}

function kept(cause: RefusalCause | 'no-repository', detail: string): WorktreeRemoval {
  return { kind: 'kept', cause, names: [], detail };
}
