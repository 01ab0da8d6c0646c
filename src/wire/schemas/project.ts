import * as z from 'zod';
import { settingChecks } from '../../project/kept-settings.ts';
import { CLAIMANTS, PROJECT_STATUSES } from '../../project/project.ts';
import { count, id, path, time } from './scalars.ts';

/** A plan that was sent, and where it stands. */
export const projectSchema = z
  .strictObject({
    id: id().describe('12 hex digits; names the project in every command and tool'),
    title: z.string().describe("from the front matter, or the plan's first heading"),
    status: z.enum(PROJECT_STATUSES).describe('who moves it next; docs/lifecycle.md draws the moves'),
    workspace: path().describe('the folder Claude works in'),
    ...settingChecks(),
    claimed_by: z
      .enum(CLAIMANTS)
      .nullable()
      .describe("who works on it: our supervisor, or a person's own Claude Code; null: nobody yet"),
    session_id: z.string().nullable().describe("Claude's session, which every later run resumes"),
    round: z
      .int()
      .min(1)
      .describe('the round under way: 1 until the first rejection or approved outline, then 2, …'),
    tries: count().describe('consecutive runs that failed and are tried again'),
    not_before: time().nullable().describe('no run starts before this time'),
    attention: z.string().nullable().describe("why it needs a person; only in status 'attention'"),
    attention_from: z
      .enum(PROJECT_STATUSES)
      .nullable()
      .describe('the status in which it came to need a person: where a retry goes on'),
    expires_at: time()
      .nullable()
      .describe('cancelled then, unless it has begun; null: never, or it has begun'),
    schedule_id: id().nullable().describe('the schedule that made it; null: a person sent it'),
    slot: time().nullable().describe('which slot of it; null: a person had it run'),
    outline_round: z
      .int()
      .min(1)
      .nullable()
      .describe('the round whose outline was approved: work begins after it; null: none'),
    created_at: time().describe('when the plan was sent'),
    updated_at: time().describe(
      'the last change a person can see, other than what a run is doing at the moment (`live`)',
    ),
  })
  .describe('A plan that was sent, and where it stands.');

export type WireProject = z.output<typeof projectSchema>;
