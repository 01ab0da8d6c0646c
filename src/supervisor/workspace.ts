/** Prepares the folder of a run, right before Claude starts in it. */

import { stat } from 'node:fs/promises';
import { ownWorkspace } from '../bridge/workspaces.ts';
import { answers } from '../machine/answering.ts';
import { findOverlap, type Overlap } from '../machine/folder-overlap.ts';
import { isResourceError } from '../machine/transient-error.ts';
import { makePrivateFolder } from '../make-folder.ts';
import type { Run } from '../project/run.ts';
import { workspacesFolder } from '../state-folder.ts';
import type { Context } from './context.ts';

/**
 * Creates the project's own folder for its first run. For a later run, or any other folder, it must exist: in a new,
 * empty one Claude would continue as if its work were still there. Returns what is wrong; undefined when the folder can
 * be used.
 */
export async function prepareWorkspace(
  { bridge: { stateDir }, clock }: Context,
  { projectId, workspace }: Run,
  isFirstRun: boolean,
): Promise<string | undefined> {
  if (isFirstRun && workspace === ownWorkspace(stateDir, projectId)) {
    try {
      makePrivateFolder(workspace);
    } catch (error) {
      if (isResourceError(error) && (await isOnDiskOf(stateDir, workspacesFolder(stateDir)))) throw error;
      return `${workspace} cannot be created: ${(error as Error).message}`;
    }
  }
  if (!(await answers(workspace, clock)))
    return `${workspace} does not respond: it may be on a disconnected network drive. Connect it, then retry`;
  try {
    return (await stat(workspace)).isDirectory() ? undefined : `${workspace} is not a folder`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? `${workspace} does not exist` : `${workspace} cannot be read (${code})`;
  }
}

/** A failure on the disk of the state folder affects every run; on another disk, only this one. */
async function isOnDiskOf(stateDir: string, folder: string): Promise<boolean> {
  const device = (path: string) =>
    stat(path).then(
      ({ dev }) => dev,
      () => undefined,
    );
  return (await device(folder)) === (await device(stateDir));
}

/**
 * How a workspace overlaps with one of `others`; undefined when it does not. Folders that do not respond are left out:
 * for them, only equal paths are known to overlap.
 */
export async function findOverlapSoon(
  { clock }: Context,
  folder: string,
  others: readonly string[],
): Promise<Overlap | undefined> {
  if (others.length === 0 || !(await answers(folder, clock))) return undefined;
  const answering = await Promise.all(others.map((other) => answers(other, clock)));
  return findOverlap(
    folder,
    others.filter((_, index) => answering[index]),
  );
}
