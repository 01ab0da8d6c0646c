import * as z from 'zod';
import { SCHEDULE_STATES } from '../../project/schedule.ts';
import { id, time } from './scalars.ts';

/** A plan that is done again and again. */
export const scheduleSchema = z
  .strictObject({
    id: id().describe('12 hex digits; names the schedule'),
    title: z.string(),
    cron: z.string().describe('minute, hour, day of the month, month, day of the week'),
    timezone: z.string().describe('in which the expression is read'),
    state: z.enum(SCHEDULE_STATES),
    problem: z.string().nullable().describe('why it was paused by itself: its plan is not accepted any more'),
    workspace: z.string().nullable().describe('what it asks for: a name or a path; null: nothing'),
    next_slot: time().nullable().describe('when it is due next; null: it is paused, or never'),
    last_slot: time().describe('the newest that was taken up or passed over; at first when it was sent'),
    open_project: id().nullable().describe('what it has made and is open: until then no slot makes another'),
    created_at: time(),
  })
  .describe('A plan that is done again and again.');

export type WireSchedule = z.output<typeof scheduleSchema>;

/** The whole of one schedule. */
export const scheduleDetailsSchema = scheduleSchema
  .extend({ markdown: z.string().describe('its plan') })
  .describe('The whole of one schedule.');

export type WireScheduleDetails = z.output<typeof scheduleDetailsSchema>;

/** A plan with a schedule that was sent. */
export const sentScheduleSchema = z
  .strictObject({
    schedule: scheduleSchema,
    repeated: z.boolean().describe('the request id was known: nothing was sent now'),
    not_used: z.array(z.string()).describe('keys of the front matter that belong to other tools'),
  })
  .describe('A plan with a schedule that was sent.');

export type WireSentSchedule = z.output<typeof sentScheduleSchema>;
