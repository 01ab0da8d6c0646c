import type { Environment } from '../environment.ts';
import { aboveCeilings } from '../project/ceilings.ts';
import type { Dependency } from '../project/dependency.ts';
import type { NewEvent } from '../project/event.ts';
import { expiryOf } from '../project/expiry.ts';
import type { ProjectId } from '../project/ids.ts';
import { parsePlan } from '../project/plan.ts';
import type { Project } from '../project/project.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { Reader } from '../store/database.ts';
import { insertDependencies, openDependencies } from '../store/dependencies.ts';
import { appendEvent } from '../store/events.ts';
import { findProject, findProjectByRequest, insertProject } from '../store/projects.ts';
import { toSettingColumns } from '../store/setting-columns.ts';
import { type Actor, type Bridge, newProjectId, nowText } from './bridge.ts';
import { checkDependencies } from './dependencies.ts';
import { chooseIsolation } from './isolation.ts';
import { databaseOf } from './open-bridge.ts';
import { addToStatusFile } from './status-file.ts';
import { type RulesPolicy, rulesAt } from './work-rules.ts';
import { chooseWorkspace, ownWorkspace } from './workspaces.ts';

export interface PlanToSend {
  readonly markdown: string;
  readonly title?: string | undefined;
  /** Further projects that must be complete first, besides those of the front matter. */
  readonly after?: readonly ProjectId[];
  /** Overrides the front matter. */
  readonly workspace?: string | undefined;
  /** Repeating a send with the same id returns the project of the first one. */
  readonly requestId?: string | undefined;
}

export interface SentPlan {
  readonly project: Project;
  readonly repeated: boolean;
  /** What must be complete before it begins, and is not. */
  readonly waitsFor: readonly Dependency[];
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
  if (earlier) return sentPlan(databaseOf(bridge).read, { project: earlier, repeated: true }, []);

  const parsed = await parsePlan(input.markdown, input.title);
  if (!parsed.ok) return refuse(`the plan was not accepted: ${parsed.problems.join('; ')}`);
  const { asked, notUsed } = parsed;
  const plan = { ...parsed.plan, dependsOn: allOf(parsed.plan.dependsOn, input.after) };
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
  const written = await databaseOf(bridge).write<Result<Written>>(async ({ trx }) => {
    const first = await sentBefore(trx, input.requestId);
    if (first) return ok({ project: first, repeated: true });
    const needed = await checkDependencies(trx, plan.dependsOn ?? []);
    if (!needed.ok) return needed;
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
        expires_at: expiryOf(now, plan.expiresMs),
        request_id: input.requestId ?? null,
        created_at: now,
        updated_at: now,
      },
      plan.markdown,
    );
    await insertDependencies(trx, id, needed.value);
    await appendEvent(trx, sent);
    return ok({ project: stored, repeated: false });
  });
  if (!written.ok) return written;

  const { project, repeated } = written.value;
  if (!repeated) await addToStatusFile(bridge, project, [sent]);
  return sentPlan(databaseOf(bridge).read, written.value, repeated ? [] : notUsed);
}

async function sentPlan(db: Reader, written: Written, notUsed: readonly string[]): Promise<Result<SentPlan>> {
  const { id } = written.project;
  return ok({ ...written, waitsFor: (await openDependencies(db, [id])).get(id) ?? [], notUsed });
}

/** Null where there are none. */
function allOf(...lists: readonly (readonly string[] | null | undefined)[]): readonly string[] | null {
  const ids = [...new Set(lists.flatMap((list) => list ?? []))];
  return ids.length === 0 ? null : ids;
}

type Written = Pick<SentPlan, 'project' | 'repeated'>;

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
