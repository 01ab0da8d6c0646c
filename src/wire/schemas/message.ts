/** What is said while a project is worked on: updates by Claude, messages by the person. */
import * as z from 'zod';
import { count, id, time } from './scalars.ts';

export const updateSchema = z
  .strictObject({
    id: count(),
    run_id: id().nullable().describe('null: sent by hand'),
    message: z.string(),
    created_at: time(),
  })
  .describe('A line of progress.');

export type WireUpdate = z.output<typeof updateSchema>;

export const messageSchema = z
  .strictObject({
    id: z.uuid(),
    message: z.string(),
    run_id: id().nullable().describe('the run that was given it; null: none yet'),
    created_at: time(),
    delivered_at: time().nullable().describe('when Claude confirmed it'),
    plan_revision: z
      .int()
      .nullable()
      .describe("the revision of the plan that it tells of; null: it is the person's words"),
  })
  .describe('A message of the person to Claude.');

export type WireMessage = z.output<typeof messageSchema>;
