/**
 * Where a plan that named a workspace is done: in the folder that the name leads to when its first run starts. From then
 * on it stays there, where its conversation and its work are.
 */
import { cut } from '../characters.ts';
import { answers } from '../machine/answering.ts';
import type { NewEvent } from '../project/event.ts';
import type { Project } from '../project/project.ts';
import { cleanLine } from '../project/text.ts';
import { type Result, refuse } from '../result.ts';
import { appendEvent } from '../store/events.ts';
import { lockProject, updateProject } from '../store/projects.ts';
import { runsOf } from '../store/runs.ts';
import { park } from './attention.ts';
import { type HeldLease, writeHolding } from './lease.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';
import { addToStatusFile } from './status-file.ts';
import { chooseWorkspace, isPath, namedFolder, type WorkspacePolicy } from './workspaces.ts';

/**
 * Looks the name up again before the first process of `seen`, a ready project, is started. Where it leads elsewhere now,
 * the project moves there; where it leads nowhere, the project is parked. Either way the queue has changed.
 */
export async function settlePlace(
  lease: HeldLease,
  policy: WorkspacePolicy,
  seen: Project,
): Promise<'settled' | 'changed'> {
  const folder = await folderOfToday(lease.bridge, policy, seen);
  if (folder === undefined || (folder.ok && folder.value === seen.workspace)) return 'settled';
  const written = await writeHolding(lease, async ({ trx, now }) => {
    const project = await lockProject(trx, seen.id);
    const isAsSeen = project?.status === seen.status && project.runId === null;
    if (!isAsSeen || project.workspace !== seen.workspace) return undefined;
    const stamp = { projectId: seen.id, runId: null, actor: 'supervisor', createdAt: now } as const;
    if (!folder.ok) {
      const parked: NewEvent = {
        type: 'project.needs_attention',
        data: { reason: folder.refusal },
        ...stamp,
      };
      return { project: await park(trx, project, folder.refusal, now), event: parked };
    }
    const moved: NewEvent = {
      type: 'project.moved',
      data: { from: seen.workspace, to: folder.value },
      ...stamp,
    };
    await updateProject(trx, seen.id, { workspace: folder.value });
    await appendEvent(trx, moved);
    return { project: { ...project, workspace: folder.value }, event: moved };
  });
  if (written) await addToStatusFile(lease.bridge, written.project, [written.event]);
  return 'changed';
}

/** Undefined for a project that stays where it is: it has begun, or no name of a workspace says where. */
async function folderOfToday(
  bridge: Bridge,
  policy: WorkspacePolicy,
  { id, place, workspace }: Project,
): Promise<Result<string> | undefined> {
  if (place === null) return undefined;
  const folder = namedFolder(policy, place);
  // A path stays the folder that it led to when the plan was sent.
  if (folder === workspace || (folder === undefined && isPath(place))) return undefined;
  const runs = await runsOf(databaseOf(bridge).read, id);
  if (runs.some(({ spawnedAt }) => spawnedAt !== null)) return undefined;
  if (folder === undefined)
    return refuse(
      `the configuration does not name a workspace '${cut(cleanLine(place), 200)}' any more; add it to 'workspaces' again, then retry`,
    );
  if (!(await answers(folder, bridge.clock)))
    return refuse(
      `${folder} does not respond: it may be on a disconnected network drive. Connect it, then retry`,
    );
  return chooseWorkspace(policy, bridge.stateDir, id, place);
}
