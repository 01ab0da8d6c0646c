/** Plans that are done again and again, and what a person does about them. */
import * as z from 'zod';
import { currentCursor } from '../../bridge/changes.ts';
import {
  changeSchedule,
  findSchedule,
  listSchedules,
  runSchedule,
  type ScheduleInfo,
} from '../../bridge/schedules.ts';
import { isScheduleId } from '../../project/ids.ts';
import type { ScheduleState } from '../../project/schedule.ts';
import { ok, type Result, refuse } from '../../result.ts';
import { toWireSentPlan } from '../../wire/project-details.ts';
import { toWireSchedule, toWireScheduleDetails } from '../../wire/schedule.ts';
import { sentPlanSchema } from '../../wire/schemas/project-details.ts';
import { scheduleDetailsSchema, scheduleSchema } from '../../wire/schemas/schedule.ts';
import { type Call, defineRoute } from '../define-route.ts';
import { AND_MORE } from '../example.ts';
import { type Problem, problem } from '../problem.ts';

export const scheduleParams = z.strictObject({ id: z.string().describe('the id of the schedule, whole') });

export const listAllSchedules = defineRoute({
  method: 'GET',
  path: '/schedules',
  access: 'read',
  summary: 'Every schedule that was not removed, oldest first, with when it is due next.',
  answer: z.array(scheduleSchema),
  example: {
    answer: [
      {
        id: '$SCHEDULE',
        title: 'Every morning',
        cron: '0 6 * * *',
        timezone: 'Europe/Berlin',
        state: 'active',
        next_slot: '2026-03-02T05:00:00.000Z',
        ...AND_MORE,
      },
    ],
  },
  async run(_input, { bridge }) {
    const cursor = await currentCursor(bridge);
    return {
      body: (await listSchedules(bridge)).map(toWireSchedule),
      headers: { 'Bridge-Cursor': cursor },
    };
  },
});

export const showSchedule = defineRoute({
  method: 'GET',
  path: '/schedules/:id',
  access: 'read',
  summary: 'One schedule with its plan.',
  params: scheduleParams,
  answer: scheduleDetailsSchema,
  problems: ['schedule-not-found'],
  example: {
    path: '/schedules/$SCHEDULE',
    answer: { id: '$SCHEDULE', state: 'active', markdown: '---\nschedule: 0 6 * * *\n…', ...AND_MORE },
  },
  async run({ params: { id } }, call) {
    const found = await namedSchedule(call, id);
    return found.ok ? { body: toWireScheduleDetails(found.value) } : { problem: found.refusal };
  },
});

export const runScheduleNow = defineRoute({
  method: 'POST',
  path: '/schedules/:id/run',
  access: 'decide',
  summary: 'Makes a project of a schedule now, beside its times, also of one that is paused.',
  params: scheduleParams,
  status: 201,
  answer: sentPlanSchema,
  problems: ['schedule-not-found', 'plan-refused'],
  example: {
    path: '/schedules/$SCHEDULE/run',
    answer: {
      project: { id: '…', title: 'Every morning', status: 'pending', schedule_id: '$SCHEDULE', ...AND_MORE },
      waits_for: [],
      repeated: false,
      not_used: [],
    },
  },
  async run({ params: { id } }, call) {
    const { bridge, config, env, actor } = call;
    const found = await namedSchedule(call, id);
    if (!found.ok) return { problem: found.refusal };
    const sent = await runSchedule(bridge, config, found.value.schedule, actor, env);
    if (!sent.ok) return { problem: problem('plan-refused', sent.refusal) };
    return {
      body: toWireSentPlan(sent.value),
      headers: { Location: `/projects/${sent.value.project.id}` },
    };
  },
});

export const pauseSchedule = changing('pause', 'paused', 'Makes nothing at its times, until it is resumed.');
export const resumeSchedule = changing(
  'resume',
  'active',
  'Goes on with the next time; none is made up for.',
);
export const removeSchedule = changing('remove', 'removed', 'Removes it for good; what it has made stays.');

/** Repeating it changes nothing, but for a removed one, which is not found any more. */
function changing(verb: string, state: ScheduleState, summary: string) {
  const next_slot = state === 'active' ? '2026-03-02T05:00:00.000Z' : null;
  return defineRoute({
    method: 'POST',
    path: `/schedules/:id/${verb}`,
    access: 'decide',
    summary,
    params: scheduleParams,
    answer: scheduleSchema,
    problems: ['schedule-not-found'],
    example: {
      path: `/schedules/$SCHEDULE/${verb}`,
      answer: { id: '$SCHEDULE', title: 'Every morning', state, next_slot, ...AND_MORE },
    },
    async run({ params: { id } }, call) {
      const found = await namedSchedule(call, id);
      if (!found.ok) return { problem: found.refusal };
      const changed = await changeSchedule(call.bridge, found.value.schedule.id, state, call.actor);
      return changed.ok ? { body: toWireSchedule(changed.value) } : { problem: scheduleNotFound() };
    },
  });
}

/** The schedule that a path names, with what becomes of it next. */
export async function namedSchedule({ bridge }: Call, id: string): Promise<Result<ScheduleInfo, Problem>> {
  const found = isScheduleId(id) ? await findSchedule(bridge, id) : undefined;
  return found?.ok ? ok(found.value) : refuse(scheduleNotFound());
}

function scheduleNotFound(): Problem {
  return problem('schedule-not-found', 'schedule not found: GET /schedules lists all of them.');
}
