import type { Environment } from '../environment.ts';
import type { Dependency } from '../project/dependency.ts';
import type { Project } from '../project/project.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { Reader } from '../store/database.ts';
import { openDependencies } from '../store/dependencies.ts';
import { findProjectByRequest } from '../store/projects.ts';
import type { Actor, Bridge } from './bridge.ts';
import { checkPlan, type PlanText, sentEvent, storePlan } from './checked-plan.ts';
import { databaseOf } from './open-bridge.ts';
import { addToStatusFile } from './status-file.ts';
import type { RulesPolicy } from './work-rules.ts';

export interface PlanToSend extends PlanText {
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
 * Puts a plan into the queue. Refuses, storing nothing, a plan or workspace that cannot be used, and a plan with a schedule,
 * which `acceptPlan` takes.
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

  const checked = await checkPlan(bridge, policy, input, env);
  if (!checked.ok) return checked;
  if (checked.value.plan.timetable !== null) return refuse(HAS_SCHEDULE);
  const written = await databaseOf(bridge).write<Result<Written>>(async ({ trx }) => {
    const first = await sentBefore(trx, input.requestId);
    if (first) return ok({ project: first, repeated: true });
    const stored = await storePlan(trx, bridge, checked.value, actor, { requestId: input.requestId });
    return stored.ok ? ok({ project: stored.value.project, repeated: false }) : stored;
  });
  if (!written.ok) return written;

  const { project, repeated } = written.value;
  if (!repeated) await addToStatusFile(bridge, project, [sentEvent(project, actor)]);
  return sentPlan(databaseOf(bridge).read, written.value, repeated ? [] : checked.value.notUsed);
}

const HAS_SCHEDULE =
  "the plan was not accepted: it has a 'schedule', and one project was asked for. Nothing was stored.";

async function sentPlan(db: Reader, written: Written, notUsed: readonly string[]): Promise<Result<SentPlan>> {
  const { id } = written.project;
  return ok({ ...written, waitsFor: (await openDependencies(db, [id])).get(id) ?? [], notUsed });
}

type Written = Pick<SentPlan, 'project' | 'repeated'>;

async function sentBefore(db: Reader, requestId: string | undefined): Promise<Project | undefined> {
  return requestId === undefined ? undefined : findProjectByRequest(db, requestId);
}
