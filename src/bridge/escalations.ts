/**
 * Tasks that an agent passes on to Claude Code. Each is a project like any other, in the same queue, under the same budgets
 * and holds, and measured; its completion is the answer, and what it changed in a repository lands on no branch but its own.
 */
import type { Environment } from '../environment.ts';
import {
  type AskedLimits,
  type EscalationCeilings,
  type EscalationScope,
  tightened,
} from '../project/escalation.ts';
import { isProjectId, type ProjectId } from '../project/ids.ts';
import type { Project } from '../project/project.ts';
import { cleanLine, LIMITS } from '../project/text.ts';
import { usedKeyText } from '../project/used-key.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { Reader } from '../store/database.ts';
import {
  type Escalation,
  findEscalation,
  findEscalationByKey,
  insertEscalation,
} from '../store/escalations.ts';
import { findProject } from '../store/projects.ts';
import { type Actor, type Bridge, newProjectId } from './bridge.ts';
import { checkPlan, sentEvent, storePlan } from './checked-plan.ts';
import { databaseOf } from './open-bridge.ts';
import { hashOf } from './send-to-channel.ts';
import { addToStatusFile } from './status-file.ts';
import { type RulesPolicy, rulesAt } from './work-rules.ts';
import { chooseWorkspace } from './workspaces.ts';

/** What the owner says about escalations. */
export interface EscalationPolicy extends EscalationCeilings {
  /** A person decides on their work first, as on that of a plan. */
  readonly needsApproval: boolean;
}

export interface TaskToEscalate {
  readonly task: string;
  /** The name of a workspace, or a path inside an allowed folder; undefined: the default. */
  readonly workspace: string | undefined;
  readonly limits: AskedLimits;
  /** A repetition under the same key is the same project. */
  readonly key: string | undefined;
}

export interface Escalated {
  readonly project: Project;
  readonly repeated: boolean;
  /** What its run may do. */
  readonly scope: EscalationScope;
}

/**
 * Puts a task into the queue, with limits that are the owner's or less. Refuses, storing nothing, what no plan could be.
 *
 * @param env Where git is found, and what the person has told it.
 */
export async function escalate(
  bridge: Bridge,
  policy: RulesPolicy,
  ceilings: EscalationPolicy,
  asked: TaskToEscalate,
  actor: Actor,
  env: Environment,
): Promise<Result<Escalated>> {
  const hash = hashOf(JSON.stringify([asked.task, asked.workspace ?? null]));
  // Before anything is refused: a workspace that is gone by now does not undo the task that was sent.
  const before = await sentBefore(databaseOf(bridge).read, asked.key, hash);
  if (before) return before;
  const most = await ownersLimits(bridge, policy, ceilings, asked.workspace);
  if (!most.ok) return most;
  const limits = tightened(asked.limits, most.value);
  const plan = {
    markdown: planOf(asked.task, limits, ceilings.needsApproval),
    title: titleOf(asked.task),
    workspace: asked.workspace,
  };
  const checked = await checkPlan(bridge, policy, plan, env);
  if (!checked.ok) return checked;
  const written = await databaseOf(bridge).write<Result<Escalated>>(async ({ trx, now }) => {
    const earlier = await sentBefore(trx, asked.key, hash);
    if (earlier) return earlier;
    const stored = await storePlan(trx, bridge, checked.value, actor, {});
    if (!stored.ok) return stored;
    const { project } = stored.value;
    await insertEscalation(trx, {
      project_id: project.id,
      dedupe_key: asked.key ?? null,
      content_hash: hash,
      permission_scope: limits.scope,
      needs_approval: ceilings.needsApproval ? 1 : 0,
      created_at: now,
    });
    return ok({ project, repeated: false, scope: limits.scope });
  });
  if (written.ok && !written.value.repeated) {
    const { project } = written.value;
    await addToStatusFile(bridge, project, [sentEvent(project, actor)]);
  }
  return written;
}

async function sentBefore(
  db: Reader,
  key: string | undefined,
  hash: string,
): Promise<Result<Escalated> | undefined> {
  const earlier = key === undefined ? undefined : await findEscalationByKey(db, key);
  if (!earlier) return undefined;
  const project = await findProject(db, earlier.projectId);
  if (!project || earlier.contentHash !== hash) return refuse(usedKeyText('task'));
  return ok({ project, repeated: true, scope: earlier.scope });
}

/** Those of escalations, and those of any work in that folder. */
async function ownersLimits(
  bridge: Bridge,
  policy: RulesPolicy,
  ceilings: EscalationCeilings,
  wanted: string | undefined,
): Promise<Result<EscalationCeilings>> {
  const place = wanted ?? null;
  const folder = await chooseWorkspace(policy, bridge.stateDir, newProjectId(), place);
  if (!folder.ok) return folder;
  const { projectUsd, runTimeoutMs } = rulesAt(policy, place, folder.value).rules;
  const ofAnyWork = {
    scope: undefined,
    maxAgeMs: undefined,
    maxUsd: projectUsd ?? undefined,
    timeoutMs: runTimeoutMs ?? undefined,
  };
  return ok(tightened(ofAnyWork, ceilings));
}

/** The task behind the settings that hold for it: they come first, so that nothing in the task is one. */
function planOf(task: string, limits: EscalationCeilings, needsApproval: boolean): string {
  const settings = [
    // Nobody has looked at it: it stays where it touches nothing that somebody else uses.
    ...(needsApproval ? [] : ['on_approve: branch']),
    `expires: ${Math.max(60, Math.round(limits.maxAgeMs / 1_000))}s`,
    ...(limits.maxUsd === undefined ? [] : [`budget_usd: ${limits.maxUsd}`]),
    ...(limits.timeoutMs === undefined
      ? []
      : [`timeout: ${Math.max(1, Math.round(limits.timeoutMs / 1_000))}s`]),
    ...(limits.scope === 'plan' ? ['permission_mode: plan'] : []),
    ...(DENIED[limits.scope].length === 0 ? [] : [`deny: [${DENIED[limits.scope].join(', ')}]`]),
  ];
  return ['---', ...settings, '---', '', task].join('\n');
}

/** Commands can change whatever they want, and the web can be told whatever was read. */
const NO_COMMANDS = ['Bash', 'WebFetch', 'WebSearch'] as const;
const NO_CHANGES = ['Edit', 'Write', 'NotebookEdit'] as const;

const DENIED: Readonly<Record<EscalationScope, readonly string[]>> = {
  plan: [...NO_COMMANDS, ...NO_CHANGES],
  readonly: [...NO_COMMANDS, ...NO_CHANGES],
  edit: NO_COMMANDS,
  full: [],
};

/** Its first words, for lists. */
function titleOf(task: string): string {
  const [line = ''] = task.trim().split('\n', 1);
  const words = cleanLine(line).replace(/^#+\s*/, '');
  return words.slice(0, Math.min(LIMITS.title, 80)).toWellFormed() || 'Escalation';
}

/** What marks this project as an escalation; undefined: it is none. An id of the wrong form names none. */
export async function escalationOf(bridge: Bridge, id: string): Promise<Escalation | undefined> {
  return isProjectId(id) ? findEscalation(databaseOf(bridge).read, id) : undefined;
}

/** Whether the completion of this project is the answer: nobody has to decide on it. */
export async function isAnswer(db: Reader, projectId: ProjectId): Promise<boolean> {
  return (await findEscalation(db, projectId))?.needsApproval === false;
}
