/** What a person may do to a project besides deciding. */
import * as z from 'zod';
import { cancel, retry, steer } from '../../bridge/control.ts';
import { next, type Project } from '../../project/project.ts';
import { cleanText, LIMITS } from '../../project/text.ts';
import type { Result } from '../../result.ts';
import { toWireProject } from '../../wire/project.ts';
import { toWireMessage } from '../../wire/round.ts';
import { cancelledSchema, steeredSchema } from '../../wire/schemas/http.ts';
import { projectSchema } from '../../wire/schemas/project.ts';
import { defineRoute, type Reply } from '../define-route.ts';
import { AND_MORE } from '../example.ts';
import { problem } from '../problem.ts';
import { namedProject, projectParams } from './named-project.ts';

/** As the command takes it. */
const MAX_BUDGET_USD = 999_999;

const PROBLEMS = ['project-not-found', 'illegal-move'] as const;

export const steerProject = defineRoute({
  method: 'POST',
  path: '/projects/:id/steer',
  access: 'decide',
  summary:
    'Sends Claude a message; work under way takes it in between two steps. `Idempotency-Key` keeps a repeat from being a second one.',
  params: projectParams,
  body: z.strictObject({
    message: z
      .string()
      .max(LIMITS.message)
      .refine((text) => cleanText(text) !== '', 'must not be empty')
      .describe('what Claude should know'),
  }),
  answer: steeredSchema,
  problems: PROBLEMS,
  example: {
    path: '/projects/$WORKING/steer',
    send: { message: 'Use the new API.' },
    answer: {
      project: { id: '$WORKING', status: 'in_progress', ...AND_MORE },
      message: { message: 'Use the new API.', delivered_at: null, ...AND_MORE },
      repeated: false,
    },
  },
  async run({ params: { id }, body: { message } }, call) {
    const found = await namedProject(call, id);
    if (!found.ok) return { problem: found.refusal };
    const steered = await steer(call.bridge, found.value.id, message, call.actor, call.requestId);
    return toReply(found.value, steered, ({ project, message, repeated }) => ({
      project: toWireProject(project),
      message: toWireMessage(message),
      repeated,
    }));
  },
});

export const cancelProject = defineRoute({
  method: 'POST',
  path: '/projects/:id/cancel',
  access: 'decide',
  summary: 'Cancels a project for good; its run ends.',
  params: projectParams,
  body: z.strictObject({
    reason: z.string().max(LIMITS.reason).default('').describe('for the record'),
  }),
  answer: cancelledSchema,
  problems: PROBLEMS,
  example: {
    path: '/projects/$WORKING/cancel',
    send: { reason: 'Not needed any more.' },
    answer: { project: { id: '$WORKING', status: 'cancelled', ...AND_MORE }, repeated: false },
  },
  async run({ params: { id }, body: { reason } }, call) {
    const found = await namedProject(call, id);
    if (!found.ok) return { problem: found.refusal };
    const cancelled = await cancel(call.bridge, found.value.id, reason, call.actor);
    return toReply(found.value, cancelled, ({ project, repeated }) => ({
      project: toWireProject(project),
      repeated,
    }));
  },
});

export const retryProject = defineRoute({
  method: 'POST',
  path: '/projects/:id/retry',
  access: 'decide',
  summary: 'Lets a project that needs attention go on.',
  params: projectParams,
  body: z.strictObject({
    budget: z
      .number()
      .positive()
      .max(MAX_BUDGET_USD)
      .optional()
      .describe('what all its runs together may cost from now on, in US dollars'),
  }),
  answer: projectSchema,
  problems: [...PROBLEMS, 'not-allowed'],
  example: {
    path: '/projects/$PARKED/retry',
    answer: { id: '$PARKED', status: 'pending', attention: null, ...AND_MORE },
  },
  async run({ params: { id }, body: { budget } }, call) {
    const found = await namedProject(call, id);
    if (!found.ok) return { problem: found.refusal };
    const raised = budget === undefined ? undefined : { usd: budget, policy: call.config };
    const retried = await retry(call.bridge, found.value.id, call.actor, raised);
    // What may be retried is refused for its budget alone.
    if (!retried.ok && next(found.value, 'retry') !== undefined)
      return { problem: problem('not-allowed', retried.refusal) };
    return toReply(found.value, retried, toWireProject);
  },
});

/** The texts were looked at by the schema: what is refused here is the move. */
function toReply<T>({ status }: Project, done: Result<T>, wire: (value: T) => unknown): Reply {
  if (done.ok) return { body: wire(done.value) };
  return { problem: problem('illegal-move', done.refusal, { facts: { status } }) };
}
