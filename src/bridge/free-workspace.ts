/**
 * Which folder the next run may have: the first in the queue that neither contains nor lies in one with a run under
 * way, or one that is being measured. Looked for before the transaction that claims it: on a dead network drive that takes its time.
 */

import { sep } from 'node:path';
import type { Project } from '../project/project.ts';
import { type BusyFolders, type HeldModels, readyProjects } from '../store/queue.ts';
import { openWorkspaces, workspacesBeingVerified } from '../store/runs.ts';
import { type Bridge, nowText } from './bridge.ts';
import { failingWorkspaces } from './failing.ts';
import { databaseOf } from './open-bridge.ts';

/** Where `folder` meets one of `others`: at itself, or at a folder above it with all that is in there. */
export type FindOverlap = (
  folder: string,
  others: readonly string[],
) => Promise<{ readonly folder: string; readonly wholeTree: boolean } | undefined>;

export interface FreeWorkspace {
  /** Whose it is. */
  readonly project: Project;
  /** Those that were passed over. */
  readonly busy: BusyFolders;
}

/**
 * The workspace of the first ready project that may start; undefined when there is none. Workspaces whose runs have
 * failed since anybody was last answered come last, the latest of them at the very end: another one shows whether the
 * cause is theirs.
 */
export async function findFreeWorkspace(
  bridge: Bridge,
  held: HeldModels,
  findOverlap: FindOverlap = async () => undefined,
): Promise<FreeWorkspace | undefined> {
  const avoid = await failingWorkspaces(databaseOf(bridge).read, nowText(bridge));
  const measured = await workspacesBeingVerified(databaseOf(bridge).read, bridge.machineId);
  const open = await openWorkspaces(databaseOf(bridge).read, bridge.machineId);
  const underWay = [...open, ...measured];
  const tries = avoid.length === 0 ? [[]] : [avoid, avoid.slice(-1), []];
  for (const avoided of tries) {
    const free = await firstFree(bridge, held, findOverlap, underWay, [...measured, ...avoided]);
    if (free) return free;
  }
  return undefined;
}

async function firstFree(
  bridge: Bridge,
  held: HeldModels,
  findOverlap: FindOverlap,
  underWay: readonly string[],
  avoided: readonly string[],
): Promise<FreeWorkspace | undefined> {
  const folders = [...avoided];
  const trees: string[] = [];
  for (;;) {
    const busy = { folders, trees };
    const [project] = await readyProjects(
      databaseOf(bridge).read,
      bridge.machineId,
      nowText(bridge),
      1,
      held,
      busy,
    );
    if (!project) return undefined;
    const overlap = await findOverlap(project.workspace, underWay);
    if (!overlap) return { project, busy };
    folders.push(project.workspace, overlap.folder);
    if (overlap.wholeTree) trees.push(overlap.folder.endsWith(sep) ? overlap.folder : overlap.folder + sep);
  }
}
