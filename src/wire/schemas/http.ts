/** What the HTTP API answers where that is no output of a command. */
import * as z from 'zod';
import { ROLES } from '../../project/credential.ts';
import { PROJECT_STATUSES } from '../../project/project.ts';
import { credentialSchema } from './credential.ts';
import { eventSchema } from './event.ts';
import { evidenceFiguresSchema } from './evidence.ts';
import { holdSchema } from './hold.ts';
import { messageSchema } from './message.ts';
import { projectSchema } from './project.ts';
import { projectDetailsSchema } from './project-details.ts';
import { requestSchema } from './request.ts';
import { decisionSchema, submissionSchema } from './round.ts';
import { runSchema } from './run.ts';
import { count, time, usd } from './scalars.ts';
import { usageWindowSchema } from './usage-window.ts';

export const healthSchema = z
  .strictObject({
    status: z.literal('ok'),
    version: z.string(),
    instance: z.string().describe('another one after each start of the supervisor'),
    db_path: z.string().exactOptional().describe('the database; only for a caller with a token'),
  })
  .describe('The supervisor holds its lease, and writes to its store and its log.');

/** What `dashboard` prints. */
export const signInLinkSchema = z
  .strictObject({
    url: z.string().describe('signs one browser in, once'),
    role: z.enum(ROLES),
    expires_at: time().describe('until when it may be used'),
  })
  .describe('A link that signs a browser in to the HTTP API.');

export type WireSignInLink = z.output<typeof signInLinkSchema>;

export const sessionSchema = credentialSchema
  .extend({ key: z.string().describe('to be sent as the header `Bridge-Key` with each request') })
  .describe('A browser that has signed in.');

/** One project with its history. */
export const projectAnswerSchema = projectDetailsSchema
  .omit({ next: true, runs: true })
  .extend({
    runs: z.array(runSchema).describe('oldest first'),
    completion: submissionSchema.nullable().describe('the newest submission; null: none yet'),
    approval: decisionSchema.nullable().describe('the newest decision; null: none yet'),
  })
  .describe('The whole story of one project.');

export type WireProjectAnswer = z.output<typeof projectAnswerSchema>;

export const decidedSchema = z
  .strictObject({
    project: projectSchema,
    decision: decisionSchema,
    round: z.int().min(1).describe('the round that was decided on'),
    outline: z.boolean().describe('it was an outline: an approval landed nothing, and the work begins'),
    repeated: z.boolean().describe('the same decision had been made before; nothing was changed'),
  })
  .describe('A decision, and where the project stands after it.');

export type WireDecided = z.output<typeof decidedSchema>;

export const steeredSchema = z
  .strictObject({
    project: projectSchema,
    message: messageSchema,
    repeated: z.boolean().describe('it had been sent before under the same key; nothing was sent now'),
  })
  .describe('A message that was sent.');

export const cancelledSchema = z
  .strictObject({
    project: projectSchema,
    repeated: z.boolean().describe('it was cancelled already; nothing was changed'),
  })
  .describe('A project that was cancelled.');

const waitingProjectSchema = projectSchema
  .extend({
    measured: evidenceFiguresSchema
      .nullable()
      .describe('of what was submitted last; null: nothing was measured'),
    spent_usd: usd().describe('of the runs whose cost is known'),
    runs_of_unknown_cost: count(),
  })
  .describe('A project that waits for a person, with what they go by.');

export type WireWaitingProject = z.output<typeof waitingProjectSchema>;

export const overviewSchema = z
  .strictObject({
    counts: z.record(z.enum(PROJECT_STATUSES), count()).describe('how many projects have each status'),
    running: z.array(z.strictObject({ project: projectSchema, run: runSchema })),
    verifying: z.array(projectSchema).describe('submitted work that is being measured'),
    landing: z.array(projectSchema).describe('approved work on its way'),
    waiting: z
      .array(waitingProjectSchema)
      .describe(
        'projects that wait for a person, oldest first, with `measured` of what was submitted, `spent_usd` and `runs_of_unknown_cost`',
      ),
    queue: z.array(projectSchema).describe('the next to get a run, in their order'),
    holds: z.array(holdSchema).describe('why no new run starts'),
    quotas: z.array(usageWindowSchema),
    spent_today_usd: usd(),
    today_runs_of_unknown_cost: count(),
    now: time(),
  })
  .describe('Everything at a glance.');

export type WireOverview = z.output<typeof overviewSchema>;

export const eventPageSchema = z
  .strictObject({
    events: z.array(eventSchema).describe('oldest first; more may follow'),
    cursor: z.string().describe('give this as `after` to the next call'),
    epoch: z.string().describe('which history this is: give it to the next call, too'),
    reset: z
      .enum(['ahead', 'epoch'])
      .nullable()
      .describe('`after` is none of this store: fetch everything again'),
  })
  .describe('What has happened.');

export const decidedRequestSchema = z
  .strictObject({
    project: projectSchema,
    request: requestSchema,
    repeated: z.boolean().describe('the same had been decided before; nothing was changed'),
  })
  .describe('A decision on what Claude asked, and where the project stands after it.');

export type WireDecidedRequest = z.output<typeof decidedRequestSchema>;
