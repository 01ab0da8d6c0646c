/** What each tool of the MCP servers answers as structured content. */
import * as z from 'zod';
import { dependencySchema } from './dependency.ts';
import { revisionSchema } from './revision.ts';
import { count, usd } from './scalars.ts';
import { scheduleSchema } from './schedule.ts';
import { toolEvidenceSchema } from './tool-evidence.ts';
import {
  toolDecisionSchema,
  toolEventSchema,
  toolProjectSchema,
  toolReadinessSchema,
  toolRequestSchema,
  toolRoundSchema,
  toolRunSchema,
  toolUpdateSchema,
} from './tool-nouns.ts';

const next = z.string().describe('what to call, or to tell the person');
const note = z.string().exactOptional().describe('there are quoted words, and how to take them');
const more = z.literal(true).exactOptional().describe('there is more than fits');
const cursor = z.string().describe('for bridge_wait: continues after this answer');
const repeated = z.boolean().describe('the call was made before: nothing was changed now');

/** What was measured, what an approval does, and what Claude says. */
const work = {
  evidence: toolEvidenceSchema.exactOptional().describe('of the round under way; absent: not measured'),
  approval: z.string().exactOptional().describe('what an approval does with the work'),
  rejection: z.string().exactOptional().describe('what a rejection begins and costs'),
  revision: revisionSchema.exactOptional().describe('the same as facts'),
  completion: toolRoundSchema.exactOptional().describe('the newest'),
} as const;

const project = toolProjectSchema.shape;
/** Present where the project waits for the supervisor. */
const readiness = toolReadinessSchema.partial().shape;

const decided = z.strictObject({
  ...project,
  decision: toolDecisionSchema,
  repeated,
  cursor,
  ...readiness,
  next,
});

const questions = z.array(toolRequestSchema).exactOptional().describe('what Claude Code asks the person');

const decidedRequest = z.strictObject({
  ...project,
  request: toolRequestSchema,
  repeated,
  ...readiness,
  next,
});

const plan = z.strictObject({
  ...project,
  plan_markdown: z.string(),
  next_offset: count().exactOptional().describe('where the rest begins; absent: this is all'),
  next,
});

const answeredDecision = z.strictObject({
  ...project,
  decision: toolDecisionSchema.exactOptional().describe('absent: none yet'),
  next,
});

const waits_for = z
  .array(dependencySchema)
  .exactOptional()
  .describe('what must be complete before it begins');

const not_used = z
  .array(z.string())
  .exactOptional()
  .describe('keys of the front matter that belong to other tools');

/** What bridge_send_plan answers to a plan without a schedule. */
export const sentProject = z
  .strictObject({ ...project, waits_for, repeated, not_used, cursor, ...readiness, next })
  .describe('The project:');

export const TOOL_RESULTS = {
  bridge_ask: z.strictObject({ answer: z.string().describe('in the words of the person') }),
  bridge_send_plan: z.union([
    sentProject,
    z
      .strictObject({ schedule: scheduleSchema, repeated, not_used, next })
      .describe('Of a plan with a schedule:'),
  ]),
  bridge_amend_plan: z.strictObject({
    ...project,
    revision: z.int().describe('of the plan: 2 for the first amendment'),
    repeated,
    reopened: z.boolean().describe('submitted work that waited for a decision goes back with the new plan'),
    cursor,
    ...readiness,
    next,
  }),
  bridge_list_projects: z.strictObject({
    projects: z.array(toolProjectSchema),
    note,
    ...toolReadinessSchema.shape,
    next_cursor: z.string().exactOptional(),
    next,
  }),
  bridge_get_project_status: z.strictObject({
    ...project,
    waits_for,
    questions,
    runs: count(),
    spent_usd: usd().describe('of the runs whose cost is known'),
    runs_of_unknown_cost: count().exactOptional(),
    run: toolRunSchema.exactOptional().describe('the one under way'),
    last_run_ended: z.string().exactOptional().describe('how, when there is something to say about it'),
    messages_given: count().exactOptional().describe('to the run under way, not confirmed'),
    messages_waiting: count().exactOptional(),
    ...work,
    decision: toolDecisionSchema.exactOptional().describe('the newest'),
    updates: z.array(toolUpdateSchema).exactOptional().describe('the newest, oldest first'),
    note,
    ...readiness,
    next,
  }),
  bridge_get_project_updates: z.strictObject({
    ...project,
    updates: z.array(toolUpdateSchema),
    note,
    last_id: count().exactOptional(),
    earlier: z.literal(true).exactOptional().describe('there are earlier ones'),
    more,
    next,
  }),
  bridge_wait: z.strictObject({
    cursor,
    changes: z.array(toolEventSchema),
    projects: z.array(toolProjectSchema).describe('of these changes, as they are now'),
    note,
    ...readiness,
    next,
  }),
  bridge_get_approval_queue: z.strictObject({
    questions,
    waiting: z.array(toolProjectSchema.extend(work).describe('oldest first')),
    note,
    more,
    attention: z.array(toolProjectSchema).exactOptional(),
    schedules: z.array(scheduleSchema).exactOptional().describe('oldest first'),
    next,
  }),
  bridge_get_evidence: z.strictObject({
    ...project,
    part: z.enum(['summary', 'diff', 'checks']),
    ...work,
    text: z.string().exactOptional().describe('of the diff or the checks: text of others'),
    next_offset: count().exactOptional().describe('where the rest begins; absent: this is all'),
    note,
    next,
  }),
  bridge_get_questions: z.strictObject({
    questions: z.array(toolRequestSchema).describe('oldest first'),
    note,
    more,
    next,
  }),
  bridge_answer: decidedRequest,
  bridge_allow: decidedRequest,
  bridge_deny: decidedRequest,
  bridge_approve: decided,
  bridge_reject: decided,
  bridge_steer: z.strictObject({
    ...project,
    message_id: z.uuid(),
    delivery: z.string(),
    repeated,
    ...readiness,
    next,
  }),
  bridge_cancel: z.strictObject({ ...project, repeated, ...readiness, next }),
  bridge_get_pending_plan: z.union([
    plan.describe('The plan, or a part of it:'),
    z.strictObject({ pending: z.literal(false), next }).describe('When no plan waits in the queue:'),
  ]),
  bridge_claim_project: plan,
  bridge_send_update: z.strictObject({
    update_id: count(),
    repeated: z.literal(true).exactOptional(),
    next,
  }),
  bridge_send_completion: z.strictObject({
    project_id: project.project_id,
    status: project.status,
    round: project.round,
    repeated: z.literal(true).exactOptional(),
    next,
  }),
  bridge_get_approval_status: answeredDecision,
  bridge_reset_for_revision: answeredDecision,
} as const;
