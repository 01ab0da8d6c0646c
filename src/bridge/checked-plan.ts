/** A plan that was checked against everything that can refuse it, and then becomes a project. */
import type { Environment } from '../environment.ts';
import { aboveCeilings } from '../project/ceilings.ts';
import type { NewEvent } from '../project/event.ts';
import { expiryOf } from '../project/expiry.ts';
import type { ProjectId, ScheduleId } from '../project/ids.ts';
import { type Plan, parsePlan } from '../project/plan.ts';
import type { Project } from '../project/project.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { Reader, Writer } from '../store/database.ts';
import { insertDependencies } from '../store/dependencies.ts';
import { appendEvent } from '../store/events.ts';
import { findProject, insertProject, NOT_BEGUN } from '../store/projects.ts';
import { toSettingColumns } from '../store/setting-columns.ts';
import { type Actor, type Bridge, newProjectId, nowText } from './bridge.ts';
import { checkDependencies } from './dependencies.ts';
import { type ChosenIsolation, chooseIsolation } from './isolation.ts';
import { databaseOf } from './open-bridge.ts';
import { type RulesPolicy, rulesAt } from './work-rules.ts';
import { chooseWorkspace, ownWorkspace } from './workspaces.ts';

export interface PlanText {
  readonly markdown: string;
  readonly title?: string | undefined;
  /** Further projects that must be complete first, besides those of the front matter. */
  readonly after?: readonly ProjectId[];
  /** Overrides the front matter. */
  readonly workspace?: string | undefined;
}

export interface CheckedPlan {
  readonly plan: Plan;
  /** Of the project that it is to become. */
  readonly id: ProjectId;
  /** What was asked for; null: nothing. */
  readonly place: string | null;
  readonly workspace: string;
  readonly isolation: ChosenIsolation;
  /** Keys of the front matter that belong to other tools. */
  readonly notUsed: readonly string[];
}

/** Reads a plan, chooses where it is done, and holds it to what the owner allows there. */
export async function checkPlan(
  bridge: Bridge,
  policy: RulesPolicy,
  input: PlanText,
  env: Environment,
): Promise<Result<CheckedPlan>> {
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
  const isolation = await chooseIsolation(isOwn ? null : workspace.value, rules, asked.settings, env);
  if (!isolation.ok) return isolation;
  return ok({ plan, id, place, workspace: workspace.value, isolation: isolation.value, notUsed });
}

/** Where a project comes from. */
interface Origin {
  readonly requestId?: string | undefined;
  readonly scheduleId?: ScheduleId;
  /** Null: a person had the schedule run. */
  readonly slot?: string | null;
}

/** Makes a checked plan a pending project, with its event. Refuses one that depends on what is not there. */
export async function storePlan(
  trx: Writer,
  bridge: Bridge,
  { plan, id, place, workspace, isolation }: CheckedPlan,
  actor: Actor,
  { requestId, scheduleId, slot }: Origin,
): Promise<Result<{ readonly project: Project }>> {
  const needed = await checkDependencies(trx, plan.dependsOn ?? []);
  if (!needed.ok) return needed;
  const now = nowText(bridge);
  const project = await insertProject(
    trx,
    {
      id,
      title: plan.title,
      status: 'pending',
      workspace,
      place,
      ...toSettingColumns({ ...plan, ...isolation }),
      ...NOT_BEGUN,
      expires_at: expiryOf(now, plan.expiresMs),
      schedule_id: scheduleId ?? null,
      slot: slot ?? null,
      request_id: requestId ?? null,
      created_at: now,
      updated_at: now,
    },
    plan.markdown,
  );
  await insertDependencies(trx, id, needed.value);
  await appendEvent(trx, sentEvent(project, actor));
  return ok({ project });
}

export function sentEvent({ id, title, workspace, createdAt }: Project, actor: Actor): NewEvent {
  const data = { title, workspace };
  return { type: 'project.sent', data, projectId: id, runId: null, actor, createdAt };
}

/** Null where there are none. */
function allOf(...lists: readonly (readonly string[] | null | undefined)[]): readonly string[] | null {
  const ids = [...new Set(lists.flatMap((list) => list ?? []))];
  return ids.length === 0 ? null : ids;
}

/** Ids are drawn: in a store of ten million projects it is likely enough that one is drawn twice. */
async function unusedId(db: Reader): Promise<ProjectId> {
  for (;;) {
    const id = newProjectId();
    if (!(await findProject(db, id))) return id;
  }
}
