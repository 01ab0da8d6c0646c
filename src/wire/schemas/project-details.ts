import * as z from 'zod';
import { dependencySchema } from './dependency.ts';
import { messageSchema, updateSchema } from './message.ts';
import { projectSchema } from './project.ts';
import { requestSchema } from './request.ts';
import { revisionSchema } from './revision.ts';
import { roundSchema } from './round.ts';
import { runSchema } from './run.ts';
import { count, path, time, usd } from './scalars.ts';
import { worktreeSchema } from './worktree.ts';

const planRevisionSchema = z.strictObject({
  revision: z.int().min(1),
  markdown: z.string(),
  amended_by: z.string().nullable().describe('null: as it was sent'),
  created_at: time(),
});

const runWithOutput = runSchema.extend({
  output: path().nullable().describe("the file with Claude's raw output; null: none is kept"),
});

/** The whole story of one project. */
export const projectDetailsSchema = z
  .strictObject({
    project: projectSchema,
    waits_for: z.array(dependencySchema).describe('what must be complete before it begins, and is not'),
    markdown: z.string().describe('the newest revision of the plan'),
    plan_revisions: z.array(planRevisionSchema).describe('as it was sent, and each amendment, oldest first'),
    runs: z.array(runWithOutput).describe('oldest first'),
    rounds: z.array(roundSchema).describe('those with submitted work, oldest first'),
    worktree: worktreeSchema
      .nullable()
      .describe('where it is worked on; null: in the workspace itself, or it has not begun'),
    revision: revisionSchema.nullable().describe('what a rejection begins; null: none is waited for'),
    requests: z.array(requestSchema).describe('what it has asked a person, oldest first'),
    updates: z.array(updateSchema).describe('the newest, oldest first'),
    waiting_messages: z.array(messageSchema).describe('not confirmed by Claude'),
    spent_usd: usd().describe('of the runs whose cost is known'),
    runs_of_unknown_cost: count(),
    next: z.array(z.string()).describe('commands a person can give now'),
  })
  .describe('The whole story of one project.');

export type WireProjectDetails = z.output<typeof projectDetailsSchema>;

/** A plan that was sent. */
export const sentPlanSchema = z
  .strictObject({
    project: projectSchema,
    waits_for: z.array(dependencySchema).describe('what must be complete before it begins, and is not'),
    repeated: z.boolean().describe('the request id was known: nothing was sent now'),
    not_used: z.array(z.string()).describe('keys of the front matter that belong to other tools'),
  })
  .describe('A plan that was sent.');

/** A plan that was amended. */
export const amendedPlanSchema = z
  .strictObject({
    project: projectSchema,
    revision: z.int().min(2).describe('of the plan: 2 for the first amendment'),
    repeated: z.boolean().describe('the request id was known: nothing was changed now'),
    reopened: z.boolean().describe('submitted work that waited for a decision goes back with the new plan'),
    not_used: z.array(z.string()).describe('keys of the front matter that belong to other tools'),
  })
  .describe('A plan that was amended.');

export type WireAmendedPlan = z.output<typeof amendedPlanSchema>;

export type WireSentPlan = z.output<typeof sentPlanSchema>;
