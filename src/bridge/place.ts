/**
 * Where a plan that named a workspace is done: in the folder that the name leads to when its first run starts, from the
 * base and in the isolation that this folder asks for. From then on it stays there, where its conversation and its work are.
 */
import { cut } from '../characters.ts';
import type { Environment } from '../environment.ts';
import { absolutePath } from '../home-path.ts';
import { answers } from '../machine/answering.ts';
import { aboveCeilings } from '../project/ceilings.ts';
import type { NewEvent } from '../project/event.ts';
import { parsePlan } from '../project/plan.ts';
import type { Project } from '../project/project.ts';
import { cleanLine } from '../project/text.ts';
import { ok, type Result, refuse } from '../result.ts';
import { appendEvent } from '../store/events.ts';
import { planText } from '../store/plans.ts';
import { lockProject, updateProject } from '../store/projects.ts';
import { runsOf } from '../store/runs.ts';
import { findWorktree } from '../store/worktrees.ts';
import { park } from './attention.ts';
import { type ChosenIsolation, chooseIsolation } from './isolation.ts';
import { type HeldLease, writeHolding } from './lease.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';
import { addToStatusFile } from './status-file.ts';
import { type RulesPolicy, rulesAt } from './work-rules.ts';
import { chooseWorkspace, isPath, namedFolder, ownWorkspace } from './workspaces.ts';

interface Place extends ChosenIsolation {
  readonly workspace: string;
}

/**
 * Looks the name up again before the first process of `seen`, a ready project, is started. Where it leads elsewhere now,
 * the project moves there; where it leads nowhere, the project is parked. Either way the queue has changed.
 */
export async function settlePlace(
  lease: HeldLease,
  policy: RulesPolicy,
  seen: Project,
  env: Environment,
): Promise<'settled' | 'changed'> {
  const place = await placeOfToday(lease.bridge, policy, seen, env);
  if (place === undefined || (place.ok && place.value.workspace === seen.workspace)) return 'settled';
  const written = await writeHolding(lease, async ({ trx, now }) => {
    const project = await lockProject(trx, seen.id);
    const isAsSeen = project?.status === seen.status && project.runId === null;
    if (!isAsSeen || project.workspace !== seen.workspace) return undefined;
    const stamp = { projectId: seen.id, runId: null, actor: 'supervisor', createdAt: now } as const;
    if (!place.ok) {
      const parked: NewEvent = {
        type: 'project.needs_attention',
        data: { reason: place.refusal },
        ...stamp,
      };
      return { project: await park(trx, project, place.refusal, now), event: parked };
    }
    const moved: NewEvent = {
      type: 'project.moved',
      data: { from: seen.workspace, to: place.value.workspace },
      ...stamp,
    };
    await updateProject(trx, seen.id, place.value);
    await appendEvent(trx, moved);
    return { project: { ...project, ...place.value }, event: moved };
  });
  if (written) await addToStatusFile(lease.bridge, written.project, [written.event]);
  return 'changed';
}

/** Undefined for a project that stays where it is: it has begun, or no name of a workspace says where. */
async function placeOfToday(
  bridge: Bridge,
  policy: RulesPolicy,
  project: Project,
  env: Environment,
): Promise<Result<Place> | undefined> {
  const { id, place, workspace, isolation } = project;
  if (place === null) return undefined;
  const folder = namedFolder(policy, place);
  const isFound = workspace !== ownWorkspace(bridge.stateDir, id);
  // A path stays the folder that it led to when the plan was sent; of an imported project it may not have been usable.
  if (folder === workspace || (folder === undefined && isPath(place) && isFound)) return undefined;
  const db = databaseOf(bridge).read;
  const runs = await runsOf(db, id);
  if (runs.some(({ spawnedAt }) => spawnedAt !== null) || (await findWorktree(db, id))) return undefined;
  if (folder === undefined && !isPath(place))
    return refuse(
      `the configuration does not name a workspace '${cut(cleanLine(place), 200)}' any more; add it to 'workspaces' again, then retry`,
    );
  const looked = folder ?? absolutePath(place);
  if (!(await answers(looked, bridge.clock)))
    return refuse(
      `${looked} does not respond: it may be on a disconnected network drive. Connect it, then retry`,
    );
  const chosen = await chooseWorkspace(policy, bridge.stateDir, id, place);
  if (!chosen.ok) return chosen;
  // What was begun before the import lies there, and nobody may have committed it.
  if (!isFound && isolation === 'in_place') return ok({ workspace: chosen.value, isolation, base: null });
  return inFolder(policy, project, chosen.value, await planText(db, id), env);
}

/** As it was when the plan was sent: what its plan asks for, within what the owner allows in this folder. */
async function inFolder(
  policy: RulesPolicy,
  { place, title }: Project,
  workspace: string,
  markdown: string,
  env: Environment,
): Promise<Result<Place>> {
  const parsed = await parsePlan(markdown, title);
  if (!parsed.ok) return refuse(`its plan is not understood any more: ${parsed.problems.join('; ')}`);
  const { name, rules } = rulesAt(policy, place, workspace);
  const above = aboveCeilings(parsed.asked, rules, name);
  if (above.length > 0) return refuse(`${above.join('; ')}. Allow it in the configuration, then retry`);
  const chosen = await chooseIsolation(workspace, rules, parsed.asked.settings, env);
  return chosen.ok ? ok({ workspace, ...chosen.value }) : chosen;
}
