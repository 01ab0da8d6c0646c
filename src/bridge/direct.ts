/** What a person may do to a project besides deciding: steer, cancel, retry. */
import { randomUUID } from 'node:crypto';
import type { Project } from '../project/project.ts';
import { recordLine } from '../project/record.ts';
import type { SteeringMessage } from '../project/review.ts';
import { cleanText, LIMITS } from '../project/text.ts';
import { insertMessage } from '../store/messages.ts';
import { updateProject } from '../store/projects.ts';
import { type Actor, type Bridge, changeProject, done, type Reply, refuse } from './bridge.ts';
import { recordChange } from './project-record.ts';

/** Sends a message into a project. A run under way takes it in between two steps; otherwise the next run starts with it. */
export async function steer(
  bridge: Bridge,
  projectId: string,
  message: string,
  actor: Actor,
  requestId?: string,
): Promise<Reply<{ project: Project; message: SteeringMessage; repeated: boolean }>> {
  const words = cleanText(message);
  if (words === '') return refuse("a non-empty 'message' is required to steer a project.");
  if (words.length > LIMITS.message)
    return refuse(`the message is longer than ${LIMITS.message} characters; shorten it.`);
  const reply = await changeProject(
    bridge,
    projectId,
    'steer',
    actor,
    async ({ trx, now, project, event }) => {
      const row = {
        id: randomUUID(),
        project_id: projectId,
        message: words,
        request_id: requestId ?? null,
        created_at: now,
      };
      const stored = await insertMessage(trx, row);
      if (!stored.repeated) await event('project.steered', { message: words, message_id: stored.message.id });
      return { project, ...stored };
    },
  );
  if (reply.ok && !reply.value.repeated) {
    const { project, message: stored } = reply.value;
    await recordChange(
      bridge,
      project,
      recordLine(stored.createdAt, `Message from the person: ${stored.message}`),
    );
  }
  return reply;
}

/** Calls a project off. Cancelling a cancelled project changes nothing. The supervisor ends its run, if one is under way. */
export async function cancel(
  bridge: Bridge,
  projectId: string,
  reason: string,
  actor: Actor,
): Promise<Reply<{ project: Project; repeated: boolean }>> {
  const words = cleanText(reason).slice(0, LIMITS.reason);
  const reply = await changeProject<{ project: Project; repeated: boolean }>(
    bridge,
    projectId,
    'cancel',
    actor,
    async ({ now, project, to, event }) => {
      await event('project.cancelled', { reason: words });
      return { project: { ...project, status: to, updatedAt: now }, repeated: false };
    },
    async (_, project) => (project.status === 'cancelled' ? done({ project, repeated: true }) : undefined),
  );
  if (reply.ok && !reply.value.repeated) {
    const { project } = reply.value;
    await recordChange(
      bridge,
      project,
      recordLine(project.updatedAt, `Cancelled by ${actor}${words ? `: ${words}` : ''}`),
    );
  }
  return reply;
}

/** Puts a project that needed a person back into the queue; its session and record are kept. */
export async function retry(bridge: Bridge, projectId: string, actor: Actor): Promise<Reply<Project>> {
  const reply = await changeProject(
    bridge,
    projectId,
    'retry',
    actor,
    async ({ trx, now, project, to, event }) => {
      await updateProject(trx, projectId, { attention: null, tries: 0, not_before: null, claimed_by: null });
      await event('project.retried', { was: project.attention });
      return { ...project, status: to, attention: null, updatedAt: now };
    },
  );
  if (reply.ok)
    await recordChange(
      bridge,
      reply.value,
      recordLine(reply.value.updatedAt, `Put back into the queue by ${actor}`),
    );
  return reply;
}
