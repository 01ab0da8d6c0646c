/** What a person may do to a project besides deciding: steer, cancel, retry. */

import { randomUUID } from 'node:crypto';
import { dollars } from '../project/costs.ts';
import type { ProjectId } from '../project/ids.ts';
import type { Project } from '../project/project.ts';
import type { SteeringMessage } from '../project/review.ts';
import { cleanText, LIMITS } from '../project/text.ts';
import { ok, type Result, refuse } from '../result.ts';
import { findMessageByRequest, insertMessage } from '../store/messages.ts';
import { updateProject } from '../store/projects.ts';
import { undecidedRequests } from '../store/requests.ts';
import { withdrawRequests } from './asking.ts';
import { goOn } from './attention.ts';
import { type Actor, type Bridge, changeProject } from './bridge.ts';
import { projectRules, type RulesPolicy } from './work-rules.ts';

/** Sends a message into a project. A run under way takes it in between two steps; otherwise the next run starts with it. */
export async function steer(
  bridge: Bridge,
  projectId: ProjectId,
  message: string,
  actor: Actor,
  requestId?: string,
): Promise<Result<{ project: Project; message: SteeringMessage; repeated: boolean }>> {
  if (message.length > LIMITS.message)
    return refuse(`the message is longer than ${LIMITS.message} characters; shorten it.`);
  const words = cleanText(message);
  if (words === '') return refuse("a non-empty 'message' is required to steer a project.");
  const id = randomUUID();
  return changeProject<{ project: Project; message: SteeringMessage; repeated: boolean }>(
    bridge,
    projectId,
    'steer',
    actor,
    async ({ trx, now, project, event }) => {
      const row = {
        id,
        project_id: projectId,
        message: words,
        request_id: requestId ?? null,
        created_at: now,
      };
      const stored = await insertMessage(trx, row);
      await event({ type: 'project.steered', data: { message: words, messageId: stored.id } });
      return { project: { ...project, updatedAt: now }, message: stored, repeated: false };
    },
    async (trx, project) => {
      if (requestId === undefined) return undefined;
      const first = await findMessageByRequest(trx, projectId, requestId);
      return first && ok({ project, message: first, repeated: true });
    },
  );
}

/** Calls a project off. Cancelling a cancelled project changes nothing. The supervisor ends its run, if one is under way. */
export async function cancel(
  bridge: Bridge,
  projectId: ProjectId,
  reason: string,
  actor: Actor,
): Promise<Result<{ project: Project; repeated: boolean }>> {
  if (reason.length > LIMITS.reason)
    return refuse(`the reason is longer than ${LIMITS.reason} characters; shorten it.`);
  const words = cleanText(reason);
  return changeProject<{ project: Project; repeated: boolean }>(
    bridge,
    projectId,
    'cancel',
    actor,
    async ({ trx, now, project, to, event }) => {
      await updateProject(trx, projectId, { attention: null, attention_from: null });
      await withdrawRequests(trx, projectId, now);
      await event({ type: 'project.cancelled', data: { reason: words } });
      const cancelled = { ...project, status: to, attention: null, attentionFrom: null, updatedAt: now };
      return { project: cancelled, repeated: false };
    },
    async (_, project) => (project.status === 'cancelled' ? ok({ project, repeated: true }) : undefined),
  );
}

/**
 * Lets a project that needed a person go on: in the queue, or where it was parked when its work was done by then. Its
 * session and record are kept. A new budget replaces that of its plan; one above the owner's is refused.
 */
export async function retry(
  bridge: Bridge,
  projectId: ProjectId,
  actor: Actor,
  raised: RaisedBudget | undefined = undefined,
): Promise<Result<Project>> {
  return changeProject<Project>(
    bridge,
    projectId,
    'retry',
    actor,
    async ({ trx, now, project, to, moveOn, event }) => {
      const isAnswered = to === 'awaiting_answer' && (await undecidedRequests(trx, projectId)).length === 0;
      const fresh = await goOn(trx, project, isAnswered ? moveOn('answer') : to);
      const budget = raised && { budgetUsd: raised.usd };
      if (raised) await updateProject(trx, projectId, { budget_usd: raised.usd });
      await event({ type: 'project.retried', data: { was: project.attention, ...budget } });
      return { ...fresh, ...budget, updatedAt: now };
    },
    async (_, project) => {
      const { projectUsd } = raised ? projectRules(raised.policy, project) : { projectUsd: null };
      return raised && projectUsd !== null && raised.usd > projectUsd
        ? refuse(
            `the budget ${dollars(raised.usd)} is more than the configuration allows this project: ${dollars(projectUsd)}. Raise budget.project_usd, or budget_usd of its workspace, first.`,
          )
        : undefined;
    },
  );
}

/** What a person lets a project cost from now on, in US dollars for all its runs, and what the owner allows. */
export interface RaisedBudget {
  readonly usd: number;
  readonly policy: RulesPolicy;
}
