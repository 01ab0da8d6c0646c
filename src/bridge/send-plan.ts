import type { Environment } from '../environment.ts';
import { aboveCeilings } from '../project/ceilings.ts';
import type { NewEvent } from '../project/event.ts';
import type { ProjectId } from '../project/ids.ts';
import { parsePlan } from '../project/plan.ts';
import type { Project } from '../project/project.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { Reader } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';
import { findProject, findProjectByRequest, insertProject } from '../store/projects.ts';
import { toSettingColumns } from '../store/setting-columns.ts';
import { type Actor, type Bridge, newProjectId, nowText } from './bridge.ts';
import { chooseIsolation } from './isolation.ts';
import { databaseOf } from './open-bridge.ts';
import { addToStatusFile } from './status-file.ts';
import { type RulesPolicy, rulesAt } from './work-rules.ts';
import { chooseWorkspace, ownWorkspace } from './workspaces.ts';

export interface PlanToSend {
  readonly markdown: string;
  readonly title?: string | undefined;
  /** Overrides the front matter. */
  readonly workspace?: string | undefined;
  /** Repeating a send with the same id returns the project of the first one. */
  readonly requestId?: string | undefined;
}

export interface SentPlan {
  readonly project: Project;
  readonly repeated: boolean;
  /** Keys of the plan's front matter that belong to other tools; none of a repeated plan. */
  readonly notUsed: readonly string[];
}

/**
 * Puts a plan into the queue. Refuses, storing nothing, a plan or workspace that cannot be used.
 *
 * @param env Where git is found, and what the person has told it.
 */
export async function sendPlan(
  bridge: Bridge,
  policy: RulesPolicy,
  input: PlanToSend,
  actor: Actor,
  env: Environment = {},
): Promise<Result<SentPlan>> {
  // Before anything is refused: a workspace that is gone by now does not undo the plan that was sent.
  const earlier = await sentBefore(databaseOf(bridge).read, input.requestId);
  if (earlier) return ok({ project: earlier, repeated: true, notUsed: [] });

  const parsed = await parsePlan(input.markdown, input.title);
  if (!parsed.ok) return refuse(`the plan was not accepted: ${parsed.problems.join('; ')}`);
  const { plan, asked, notUsed } = parsed;
  const id = await unusedId(databaseOf(bridge).read);
  const place = input.workspace ?? plan.workspace;
  const workspace = await chooseWorkspace(policy, bridge.stateDir, id, place);
  if (!workspace.ok) return workspace;
  const { name, rules } = rulesAt(policy, place, workspace.value);
  const above = aboveCeilings(asked, rules, name);
  if (above.length > 0) return refuse(`the plan was not accepted: ${above.join('; ')}. Nothing was stored.`);
  const isOwn = workspace.value === ownWorkspace(bridge.stateDir, id);
  const chosen = await chooseIsolation(isOwn ? null : workspace.value, rules, asked.settings, env);
  if (!chosen.ok) return chosen;

  const now = nowText(bridge);
  const sent: NewEvent = {
    type: 'project.sent',
    data: { title: plan.title, workspace: workspace.value },
    projectId: id,
    runId: null,
    actor,
    createdAt: now,
  };
  const { project, repeated } = await databaseOf(bridge).write(async ({ trx }) => {
    const first = await sentBefore(trx, input.requestId);
    if (first) return { project: first, repeated: true };
    const stored = await insertProject(
      trx,
      {
        id,
        title: plan.title,
        status: 'pending',
        workspace: workspace.value,
        place,
        ...toSettingColumns({ ...plan, ...chosen.value }),
        claimed_by: null,
        session_id: null,
        round: 1,
        tries: 0,
        not_before: null,
        attention: null,
        request_id: input.requestId ?? null,
        created_at: now,
        updated_at: now,
      },
      plan.markdown,
    );
    await appendEvent(trx, sent);
    return { project: stored, repeated: false };
  });

  if (!repeated) await addToStatusFile(bridge, project, [sent]);
  return ok({ project, repeated, notUsed: repeated ? [] : notUsed });
}

async function sentBefore(db: Reader, requestId: string | undefined): Promise<Project | undefined> {
  return requestId === undefined ? undefined : findProjectByRequest(db, requestId);
}

/** Ids are drawn: in a store of ten million projects it is likely enough that one is drawn twice. */
async function unusedId(db: Reader): Promise<ProjectId> {
  for (;;) {
    const id = newProjectId();
    if (!(await findProject(db, id))) return id;
  }
}
