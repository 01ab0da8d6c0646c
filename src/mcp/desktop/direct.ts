/** What the person may do to a project besides deciding about it. */
import * as z from 'zod';
import type { SteeringMessage } from '../../project/review.ts';
import { answer, defineTool } from '../define-tool.ts';
import { projectId, requestId } from '../input.ts';
import { readiness } from '../readiness.ts';
import { blockerQuotes, outlook, projectFacts, projectLine } from '../texts/project.ts';

export const cancelTool = defineTool({
  name: 'bridge_cancel',
  title: 'Cancel a project',
  description:
    'Calls a project off for good; work under way is ended, what it has changed in the workspace stays. Call it only when the person has said so.',
  hints: { readOnly: false, destructive: true, idempotent: true },
  input: z.strictObject({ project_id: projectId, reason: z.string().optional() }),
  async run(input, call) {
    const cancelled = await call.verbs.cancel(input.project_id, input.reason ?? '', call.actor);
    if (!cancelled.ok) return cancelled;
    const { project, repeated } = cancelled.value;
    return answer([whatHappened(project.status === 'complete', repeated), projectLine(project)], {
      ...projectFacts(project),
      repeated,
      ...outlook(project, await readiness(call.verbs)),
    });
  },
});

function whatHappened(isComplete: boolean, repeated: boolean): string {
  if (isComplete) return 'It is already complete; its run is being stopped.';
  return repeated
    ? 'It was already cancelled; nothing was changed.'
    : 'Cancelled. A run under way is being stopped.';
}

export const steerTool = defineTool({
  name: 'bridge_steer',
  title: 'Send a message into a project',
  description:
    'Sends a message of the person to Claude Code while it works on a project, or before it starts: a correction, an answer, a further wish. To send submitted work back, use bridge_reject.',
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({
    project_id: projectId,
    message: z.string().describe('Claude Code reads exactly this.'),
    request_id: requestId.optional(),
  }),
  async run(input, call) {
    const request = input.request_id ?? call.toolUseId;
    const steered = await call.verbs.steer(input.project_id, input.message, call.actor, request);
    if (!steered.ok) return steered;
    const { project, message, repeated } = steered.value;
    const ready = await readiness(call.verbs);
    const delivery = deliveryOf(project.claimedBy === 'code', message);
    return answer(
      [
        repeated
          ? 'This request_id was already used; nothing new was sent.'
          : 'The message is stored with the project.',
        delivery,
        projectLine(project),
        ...blockerQuotes([project], ready),
      ],
      {
        ...projectFacts(project),
        message_id: message.id,
        delivery,
        repeated,
        ...outlook(project, ready),
      },
    );
  },
});

function deliveryOf(byHand: boolean, { deliveredAt, runId }: SteeringMessage): string {
  if (deliveredAt !== null) return `Claude Code received it at ${deliveredAt}.`;
  // Of a repeated call: this message may have been on its way for long.
  if (runId !== null)
    return `It was given to run ${runId}, which has not confirmed it yet; if that run has ended, the next one starts with it.`;
  if (byHand)
    return 'A person works on this in their own Claude Code session, which receives no messages; tell it there.';
  return 'Claude Code receives it between two steps; if it is not running, its next run starts with it.';
}
