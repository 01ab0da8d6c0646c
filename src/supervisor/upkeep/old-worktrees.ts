/**
 * Removes the worktrees of projects that were closed some time ago, and what their work was measured with. One that holds
 * anything that no branch has is kept, whatever its age: git/remove-worktree.ts has the rule.
 */
import { readdir, rm } from 'node:fs/promises';
import { closedWithoutWorktree, oldWorktrees, removedWorktree } from '../../bridge/worktrees.ts';
import { messageOf } from '../../error-message.ts';
import { deleteBranch } from '../../git/delete-branch.ts';
import { newestRound } from '../../git/measure-base.ts';
import { createMeasureDir } from '../../git/measure-dir.ts';
import { type Removal, removeWorktree } from '../../git/remove-worktree.ts';
import { inspectRepository } from '../../git/repository.ts';
import { asProjectId } from '../../project/ids.ts';
import type { Worktree } from '../../project/worktree.ts';
import { measureFolder, measuresFolder, parseMeasureName } from '../../state-folder.ts';
import type { Context } from '../context.ts';
import { lockReason } from '../place/worktree.ts';
import { endsSupervisor, retryTransient } from '../transient.ts';

/** Removes those of projects closed before this time (ISO 8601). Throws StoreError and LeaseLost. */
export async function removeOldWorktrees(context: Context, before: string): Promise<void> {
  const { bridge, log } = context;
  for (const worktree of await retryTransient(context, () => oldWorktrees(bridge, before)))
    try {
      await removeOne(context, worktree);
    } catch (error) {
      if (endsSupervisor(error)) throw error;
      log.warn('worktree.kept', { project: worktree.projectId, path: worktree.path }, messageOf(error));
    }
  await removeMeasures(context, before);
}

async function removeOne(context: Context, worktree: Worktree): Promise<void> {
  const { env, lease, log } = context;
  const { projectId, path, branch, measureDir } = worktree;
  const kept = (facts: object) => log.info('worktree.kept', { project: projectId, path, ...facts });
  const repository = await inspectRepository(worktree.repo, env);
  if (repository.kind === 'none') return kept({ cause: 'no-repository' });
  if (repository.kind === 'refused') return kept({ cause: repository.cause });
  // Missing where the project was called off before it was made.
  await createMeasureDir({ measureDir, folder: path, repository, freshGitDir: null }, env);
  const commit = (await newestRound(measureDir, projectId, env)) ?? worktree.baseOid;
  const plan = { path, measureDir, commit, base: worktree.baseOid, reason: lockReason(projectId) };
  const removal: Removal = await removeWorktree(repository, plan, env);
  if (removal.kind === 'kept') {
    const { cause, names, detail } = removal;
    return kept({ cause, files: names.length, first: names[0]?.path ?? detail });
  }
  // One with commits of its own stays.
  await deleteBranch(repository, branch, env);
  await rm(measureDir, { recursive: true, force: true });
  await retryTransient(context, () => removedWorktree(lease, projectId));
}

/** What a folder in place was measured with may be as large as the folder. */
async function removeMeasures(context: Context, before: string): Promise<void> {
  const { bridge, log } = context;
  const names = await readdir(measuresFolder(bridge.stateDir)).catch(() => []);
  const ids = names.flatMap((name) => parseMeasureName(name) ?? []).map(asProjectId);
  for (const id of await retryTransient(context, () => closedWithoutWorktree(bridge, ids, before)))
    await rm(measureFolder(bridge.stateDir, id), { recursive: true, force: true }).catch((error: unknown) =>
      log.warn('measure.kept', { project: id }, messageOf(error)),
    );
}
