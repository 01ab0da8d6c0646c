/**
 * Which folder the next run may have: the first in the queue that neither contains nor lies in one with a run under
 * way, or one that is being measured. Looked for before the transaction that claims it: on a dead network drive that takes its time.
 */

import { join, sep } from 'node:path';
import type { Project } from '../project/project.ts';
import type { Run } from '../project/run.ts';
import { worktreeFolder, worktreesFolder } from '../state-folder.ts';
import { projectsUnderWay } from '../store/projects.ts';
import { type BusyFolders, type HeldWork, readyProjects } from '../store/queue.ts';
import { openWorkspaces, workspacesBeingVerified } from '../store/runs.ts';
import { findWorktree } from '../store/worktrees.ts';
import { type Bridge, nowText } from './bridge.ts';
import { failingWorkspaces } from './failing.ts';
import { databaseOf } from './open-bridge.ts';
import { type RulesPolicy, rulesAt } from './work-rules.ts';
import { isInside } from './workspaces.ts';

/** Where `folder` meets one of `others`: at itself, or at a folder above it with all that is in there. */
export type FindOverlap = (
  folder: string,
  others: readonly string[],
) => Promise<{ readonly folder: string; readonly wholeTree: boolean } | undefined>;

/** Where the workspace of a project lies in its repository, with `/`; empty at the top. */
export type FindSubfolder = (project: Project) => Promise<string>;

/** What is known of folders beside their paths; each may be missing. */
export interface WaysToLook {
  /** How many runs a workspace may have at once. Without it, as many as there are. */
  readonly policy?: RulesPolicy;
  /** Whether a workspace is, contains or lies in one that has a run under way. Without it, only equal paths count. */
  readonly findOverlap?: FindOverlap;
  /** For a project with a worktree that is still to be made. Without it, the whole repository is its workspace. */
  readonly findSubfolder?: FindSubfolder;
  /** Whether work in the workspace of a project waits for something else. Without it, none does. */
  readonly isHeld?: (project: Project) => boolean;
}

export interface FreeWorkspace {
  /** Whose it is. */
  readonly project: Project;
  /** Where the run is to be. */
  readonly folder: string;
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
  held: HeldWork,
  {
    policy,
    findOverlap = async () => undefined,
    findSubfolder = async () => '',
    isHeld = () => false,
  }: WaysToLook,
): Promise<FreeWorkspace | undefined> {
  const avoid = await failingWorkspaces(databaseOf(bridge).read, bridge.machineId, nowText(bridge));
  const measured = await workspacesBeingVerified(databaseOf(bridge).read, bridge.machineId);
  const open = await openWorkspaces(databaseOf(bridge).read, bridge.machineId);
  const underWay = [...open, ...measured];
  const full = policy === undefined ? [] : await fullWorkspaces(bridge, policy);
  const tries: (readonly Run[])[] = avoid.length === 0 ? [[]] : [avoid, avoid.slice(-1), []];
  for (const avoided of tries) {
    const free = await firstFree(
      bridge,
      held,
      { findOverlap, isHeld },
      { underWay, measured, avoided, full },
    );
    if (!free) continue;
    const folder = await folderOf(bridge, free.project, findSubfolder);
    return { ...free, folder };
  }
  return undefined;
}

async function folderOf(bridge: Bridge, project: Project, findSubfolder: FindSubfolder): Promise<string> {
  if (project.isolation !== 'worktree') return project.workspace;
  const worktree = await findWorktree(databaseOf(bridge).read, project.id);
  const subfolder = worktree?.subdir ?? (await findSubfolder(project));
  return join(worktreeFolder(bridge.stateDir, project.id), subfolder);
}

/** The workspaces that have as many runs under way as their owner lets them have at once. */
async function fullWorkspaces(bridge: Bridge, policy: RulesPolicy): Promise<string[]> {
  const counts = new Map<string, number>();
  const full: string[] = [];
  for (const { place, workspace } of await projectsUnderWay(databaseOf(bridge).read)) {
    const count = (counts.get(workspace) ?? 0) + 1;
    counts.set(workspace, count);
    const { concurrency } = rulesAt(policy, place, workspace).rules;
    if (concurrency !== null && count >= concurrency) full.push(workspace);
  }
  return full;
}

interface Taken {
  readonly underWay: readonly string[];
  readonly measured: readonly string[];
  readonly avoided: readonly Run[];
  readonly full: readonly string[];
}

async function firstFree(
  bridge: Bridge,
  held: HeldWork,
  { findOverlap, isHeld }: Required<Pick<WaysToLook, 'findOverlap' | 'isHeld'>>,
  { underWay, measured, avoided, ...taken }: Taken,
): Promise<{ readonly project: Project; readonly busy: BusyFolders } | undefined> {
  const isOfWorktree = ({ workspace }: Run) => isInside(worktreesFolder(bridge.stateDir), workspace);
  const inPlace = avoided.filter((run) => !isOfWorktree(run)).map(({ workspace }) => workspace);
  const folders = [...measured, ...inPlace];
  const projects = avoided.filter(isOfWorktree).map(({ projectId }) => projectId);
  const trees: string[] = [];
  const full = [...taken.full];
  for (;;) {
    const busy = { folders, projects, full, trees };
    const [project] = await readyProjects(
      databaseOf(bridge).read,
      bridge.machineId,
      nowText(bridge),
      1,
      held,
      busy,
    );
    if (!project) return undefined;
    if (isHeld(project)) {
      full.push(project.workspace);
      continue;
    }
    const found = { project, busy };
    if (project.isolation === 'worktree') return found;
    const overlap = await findOverlap(project.workspace, underWay);
    if (!overlap) return found;
    folders.push(project.workspace, overlap.folder);
    if (overlap.wholeTree) trees.push(overlap.folder.endsWith(sep) ? overlap.folder : overlap.folder + sep);
  }
}
