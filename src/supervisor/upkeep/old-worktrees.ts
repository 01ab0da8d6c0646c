/**
 * Removes the worktrees of projects that were closed some time ago, and what their work was measured with. One that holds
 * anything that no branch has is kept, whatever its age: bridge/worktree-removal.ts.
 */
import { readdir, rm } from 'node:fs/promises';
import { removeFromDisk } from '../../bridge/worktree-removal.ts';
import { closedWithoutWorktree, oldWorktrees, removedWorktree } from '../../bridge/worktrees.ts';
import { messageOf } from '../../error-message.ts';
import { asProjectId } from '../../project/ids.ts';
import type { ProjectWorktree } from '../../project/worktree.ts';
import { measureFolder, measuresFolder, parseMeasureName } from '../../state-folder.ts';
import type { Context } from '../context.ts';
import { endsSupervisor, retryTransient } from '../transient.ts';

/** Removes those of projects closed before this time (ISO 8601). Throws StoreError and LeaseLost. */
export async function removeOldWorktrees(context: Context, before: string): Promise<void> {
  const { bridge, log } = context;
  for (const one of await retryTransient(context, () => oldWorktrees(bridge, before)))
    try {
      await removeOne(context, one);
    } catch (error) {
      if (endsSupervisor(error)) throw error;
      log.warn('worktree.kept', { project: one.project.id, path: one.worktree.path }, messageOf(error));
    }
  await removeMeasures(context, before);
}

async function removeOne(context: Context, one: ProjectWorktree): Promise<void> {
  const { env, lease, log } = context;
  const { id: project } = one.project;
  const { path } = one.worktree;
  const removal = await removeFromDisk(one, env);
  if (removal.kind === 'removed') return retryTransient(context, () => removedWorktree(lease, project));
  const { cause, files, detail } = removal;
  log.info('worktree.kept', { project, path, cause, files: files.length, first: files[0] ?? detail });
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
