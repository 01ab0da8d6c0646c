/**
 * Removes what a closed project has of git: its worktree, its branch, and what its work was measured with. Nothing that
 * no branch has is lost by that: git/remove-worktree.ts has the rule.
 */
import { rm } from 'node:fs/promises';
import type { Environment } from '../environment.ts';
import { deleteBranch } from '../git/delete-branch.ts';
import { newestRound, takeBackRounds } from '../git/measure-base.ts';
import { createMeasureDir } from '../git/measure-dir.ts';
import { removeWorktree } from '../git/remove-worktree.ts';
import { inspectRepository } from '../git/repository.ts';
import { diffTrees } from '../git/tree-diff.ts';
import { type ProjectId, unknownProject } from '../project/ids.ts';
import type { KeptWorktree } from '../project/kept-worktree.ts';
import { isClosed } from '../project/project.ts';
import { lockReason, type ProjectWorktree, type Worktree } from '../project/worktree.ts';
import { ok, type Result, refuse } from '../result.ts';
import { findWorktree } from '../store/worktrees.ts';
import { type Bridge, lookUp } from './bridge.ts';
import { databaseOf } from './open-bridge.ts';
import { removedByPerson } from './worktrees.ts';

export type WorktreeRemoval =
  | {
      readonly kind: 'removed';
      /** Ignored files and folders that went, or would go, with it. */
      readonly ignored: readonly string[];
      /** Whether its branch went too; null: it was not tried. */
      readonly isBranchDeleted: boolean | null;
    }
  | ({ readonly kind: 'kept' } & KeptWorktree);

interface RemovalOptions {
  /** Only says what a removal would do. */
  readonly dryRun?: boolean;
}

/** Removes it, or says what keeps it. Who calls records it. Throws the system's errors. */
export async function removeFromDisk(
  { project, worktree }: ProjectWorktree,
  env: Environment,
  { dryRun = false }: RemovalOptions = {},
): Promise<WorktreeRemoval> {
  if (!isClosed(project.status)) return kept('open', project.status);
  if (project.runId !== null) return kept('running', project.runId);
  const { repo, path, branch, baseOid, measureDir } = worktree;
  const repository = await inspectRepository(repo, env);
  if (repository.kind === 'none') return kept('no-repository', repo);
  if (repository.kind === 'refused') return kept(repository.cause, repository.detail);
  // Missing where the project was called off before it was made.
  await createMeasureDir({ measureDir, folder: path, repository, freshGitDir: null }, env);
  await takeBackRounds(measureDir, repository, project.id, env);
  const commit = await contentOf(worktree, env);
  const plan = { path, measureDir, commit, base: baseOid, reason: lockReason(project.id), dryRun };
  const removal = await removeWorktree(repository, plan, env);
  if (removal.kind === 'kept')
    return kept(
      removal.cause,
      removal.detail,
      removal.names.map(({ path: name }) => name),
    );
  const ignored = removal.ignored.map(({ path: name }) => name);
  if (dryRun) return { kind: 'removed', ignored, isBranchDeleted: null };
  // One with commits of its own stays.
  const deleted = await deleteBranch(repository, branch, env);
  await rm(measureDir, { recursive: true, force: true });
  return { kind: 'removed', ignored, isBranchDeleted: deleted.kind === 'deleted' };
}

/** The commit of its newest round; the base, where that changed nothing, and so is on no branch. */
async function contentOf({ measureDir, projectId, baseOid }: Worktree, env: Environment): Promise<string> {
  const submitted = await newestRound(measureDir, projectId, env);
  if (submitted === null) return baseOid;
  const diff = await diffTrees(measureDir, { from: baseOid, to: submitted }, env);
  return diff.kind === 'compared' && diff.changes.length === 0 ? baseOid : submitted;
}

function kept(cause: KeptWorktree['cause'], detail: string, files: readonly string[] = []): WorktreeRemoval {
  return { kind: 'kept', cause, files, detail };
}

/** Removes the worktree of a project for a person, by the rule that also retention follows. */
export async function removeForPerson(
  bridge: Bridge,
  projectId: ProjectId,
  env: Environment,
  options: RemovalOptions = {},
): Promise<Result<ProjectWorktree & { readonly removal: WorktreeRemoval }>> {
  const db = databaseOf(bridge).read;
  const project = await lookUp(db, projectId);
  if (!project) return refuse(unknownProject(projectId));
  const worktree = await findWorktree(db, projectId);
  if (!worktree)
    return refuse(`project ${projectId} has no worktree; its workspace is ${project.workspace}.`);
  if (worktree.state === 'removed')
    return refuse(`the worktree of project ${projectId} was removed already (${worktree.removedAt}).`);
  const removal = await removeFromDisk({ project, worktree }, env, options);
  if (removal.kind === 'removed' && !options.dryRun) await removedByPerson(bridge, projectId);
  return ok({ project, worktree, removal });
}
