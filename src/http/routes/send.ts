import * as z from 'zod';
import { sendPlan } from '../../bridge/send-plan.ts';
import { LIMITS } from '../../project/text.ts';
import { toWireSentPlan } from '../../wire/project-details.ts';
import { sentPlanSchema } from '../../wire/schemas/project-details.ts';
import { defineRoute } from '../define-route.ts';
import { problem } from '../problem.ts';

export const sendProject = defineRoute({
  method: 'POST',
  path: '/projects',
  access: 'admin',
  summary:
    'Sends a plan. With the header `Idempotency-Key`, sending the same again answers the project of the first time.',
  body: z.strictObject({
    markdown: z.string().describe('the plan, with optional front matter'),
    title: z.string().optional().describe("instead of the plan's own"),
    workspace: z
      .string()
      .min(1)
      .optional()
      .describe("a name of the configuration or a path, instead of the plan's own"),
  }),
  status: 201,
  answer: sentPlanSchema,
  // As JSON a plan may take twice its bytes.
  maxBodyBytes: 2 * LIMITS.planBytes,
  problems: ['plan-refused'],
  async run({ body }, { bridge, config, env, requestId, actor }) {
    const sent = await sendPlan(bridge, config, { ...body, requestId }, actor, env);
    if (!sent.ok) return { problem: problem('plan-refused', sent.refusal) };
    const { id } = sent.value.project;
    return { body: toWireSentPlan(sent.value), headers: { Location: `/projects/${id}` } };
  },
});
