/** Plans: what is sent, and what is amended. */
import * as z from 'zod';
import { amendPlan } from '../../bridge/amend-plan.ts';
import { amendSchedule } from '../../bridge/amend-schedule.ts';
import { projectDetails } from '../../bridge/queries.ts';
import { acceptPlan } from '../../bridge/schedules.ts';
import { isProjectId, type ProjectId } from '../../project/ids.ts';
import { next } from '../../project/project.ts';
import { LIMITS } from '../../project/text.ts';
import { toWireAmended, toWireSentPlan } from '../../wire/project-details.ts';
import { toWireSchedule, toWireSentSchedule } from '../../wire/schedule.ts';
import { amendedPlanSchema, sentPlanSchema } from '../../wire/schemas/project-details.ts';
import { scheduleSchema, sentScheduleSchema } from '../../wire/schemas/schedule.ts';
import { type Call, defineRoute } from '../define-route.ts';
import { AND_MORE } from '../example.ts';
import { type Problem, problem } from '../problem.ts';
import { namedProject, projectParams } from './named-project.ts';
import { namedSchedule, scheduleParams } from './schedules.ts';

const markdown = z.string().describe('the plan, with optional front matter');

/** As JSON a plan may take twice its bytes. */
const MAX_BODY_BYTES = 2 * LIMITS.planBytes;

export const sendProject = defineRoute({
  method: 'POST',
  path: '/projects',
  access: 'admin',
  summary:
    'Sends a plan. One with a schedule makes a project at each of its times. With the header `Idempotency-Key`, sending the same again answers what was made the first time.',
  body: z.strictObject({
    markdown,
    title: z.string().optional().describe("instead of the plan's own"),
    workspace: z
      .string()
      .min(1)
      .optional()
      .describe("a name of the configuration or a path, instead of the plan's own"),
    after: z
      .array(z.string().refine(isProjectId, 'must be the id of a project, whole'))
      .max(100)
      .optional()
      .describe("ids of projects that must be complete first, beside the plan's own"),
  }),
  status: 201,
  answer: z.union([sentPlanSchema, sentScheduleSchema]),
  maxBodyBytes: MAX_BODY_BYTES,
  problems: ['plan-refused'],
  example: {
    headers: { 'Idempotency-Key': 'yard-1' },
    send: { markdown: '# Sweep the yard\n\nUse the new broom.' },
    answer: {
      project: { id: '…', title: 'Sweep the yard', status: 'pending', ...AND_MORE },
      waits_for: [],
      repeated: false,
      not_used: [],
    },
  },
  async run({ body }, { bridge, config, env, requestId, actor }) {
    const { after = [], ...plan } = body;
    const input = { ...plan, after: after as ProjectId[], requestId };
    const accepted = await acceptPlan(bridge, config, input, actor, env);
    if (!accepted.ok) return { problem: problem('plan-refused', accepted.refusal) };
    if (accepted.value.kind === 'schedule') {
      const { sent } = accepted.value;
      return { body: toWireSentSchedule(sent), headers: { Location: `/schedules/${sent.schedule.id}` } };
    }
    const { sent } = accepted.value;
    return { body: toWireSentPlan(sent), headers: { Location: `/projects/${sent.project.id}` } };
  },
});

export const amendProject = defineRoute({
  method: 'PUT',
  path: '/projects/:id/plan',
  access: 'admin',
  summary:
    'Replaces the plan of a project. Settings that its front matter leaves out stay as they are; submitted work that waits for a decision goes back with the new plan. `Idempotency-Key` keeps a repeat from being a second one.',
  params: projectParams,
  body: z.strictObject({ markdown }),
  answer: amendedPlanSchema,
  maxBodyBytes: MAX_BODY_BYTES,
  problems: ['project-not-found', 'illegal-move', 'plan-unchanged', 'plan-refused'],
  example: {
    path: '/projects/$PROJECT/plan',
    send: { markdown: '# Build a clock\n\nWith a second hand.' },
    answer: {
      project: { id: '$PROJECT', status: 'rejected', ...AND_MORE },
      revision: 2,
      repeated: false,
      reopened: true,
      not_used: [],
    },
  },
  async run({ params: { id }, body }, call) {
    const { bridge, config, requestId, actor } = call;
    const found = await namedProject(call, id);
    if (!found.ok) return { problem: found.refusal };
    const amendment = { projectId: found.value.id, ...body, requestId };
    const amended = await amendPlan(bridge, config, amendment, actor);
    if (amended.ok) return { body: toWireAmended(amended.value) };
    return { problem: await whyNotAmended(call, found.value.id, body.markdown, amended.refusal) };
  },
});

export const amendOneSchedule = defineRoute({
  method: 'PUT',
  path: '/schedules/:id/plan',
  access: 'admin',
  summary:
    'Replaces the plan of a schedule, its times included: the next one makes a project of the new plan. Title and workspace stay where the plan says nothing of them, and so does what the schedule has made.',
  params: scheduleParams,
  body: z.strictObject({ markdown }),
  answer: scheduleSchema,
  maxBodyBytes: MAX_BODY_BYTES,
  problems: ['schedule-not-found', 'plan-unchanged', 'plan-refused'],
  example: {
    path: '/schedules/$SCHEDULE/plan',
    send: { markdown: '---\nschedule: 0 7 * * *\ntimezone: Europe/Berlin\n---\n# Every morning\n\nSweep.' },
    answer: { id: '$SCHEDULE', cron: '0 7 * * *', next_slot: '2026-03-02T06:00:00.000Z', ...AND_MORE },
  },
  async run({ params: { id }, body }, call) {
    const { bridge, config, env, actor } = call;
    const found = await namedSchedule(call, id);
    if (!found.ok) return { problem: found.refusal };
    const amended = await amendSchedule(bridge, config, found.value.schedule, body.markdown, actor, env);
    if (amended.ok) return { body: toWireSchedule(amended.value) };
    const present = await namedSchedule(call, id);
    if (!present.ok) return { problem: present.refusal };
    const isSame = present.value.schedule.markdown === body.markdown;
    return { problem: problem(isSame ? 'plan-unchanged' : 'plan-refused', amended.refusal) };
  },
});

/** Which kind of refusal it was is read from where the project stands, never from its words. */
async function whyNotAmended(
  { bridge }: Call,
  id: ProjectId,
  markdown: string,
  detail: string,
): Promise<Problem> {
  const present = await projectDetails(bridge, id, 0);
  if (!present.ok) throw new Error(present.refusal);
  const { project, planRevisions } = present.value;
  if (next(project, 'amend') === undefined || project.attentionFrom === 'approved')
    return problem('illegal-move', detail, { facts: { status: project.status } });
  const newest = planRevisions.at(-1);
  if (newest?.markdown === markdown)
    return problem('plan-unchanged', detail, { facts: { revision: newest.revision } });
  return problem('plan-refused', detail);
}
