import * as z from 'zod';
import { RUN_KINDS } from '../../project/run.ts';
import { outcomeSchema } from './outcome.ts';
import { contextSchema, revisionSchema } from './revision.ts';
import { count, id, path, time, usd } from './scalars.ts';

/** What a run is doing, or did last. */
const liveSchema = z
  .strictObject({
    last_sign_at: time().nullable().describe('when Claude last wrote a line'),
    current_tool: z.string().nullable().describe('the open tool call, in a few words'),
    turns: count(),
    cost_usd: usd().describe('so far'),
    todos_done: count(),
    todos_total: count(),
    current_todo: z.string().nullable(),
  })
  .describe('What it is doing, or did last.');

/** One `claude` process that was started for a project. */
export const runSchema = z
  .strictObject({
    id: id(),
    project_id: id(),
    kind: z
      .enum(RUN_KINDS)
      .describe(
        'execute: the first; revise: after a rejection; resume: after an interruption; repair: after red checks or blocking findings; review: another model reads what was submitted',
      ),
    round: z.int().min(1),
    workspace: path(),
    session_id: z.string(),
    revision: revisionSchema.nullable().describe('why it is in this session; null: it begins no revision'),
    plan_revision: z.int().min(1).describe('the newest that it was told of'),
    model: z.string().nullable().describe("asked for; null: Claude's own default"),
    model_used: z.string().nullable().describe('named by Claude'),
    pid: z.int().nullable(),
    claude_version: z.string().nullable(),
    live: liveSchema,
    context: contextSchema
      .nullable()
      .describe('how large its conversation was when it ended; null: unknown, or it was never answered'),
    cost_usd: usd().nullable().describe('0 while it is under way; null: unknown'),
    cost_basis: z
      .enum(['reported', 'estimated', 'unknown'])
      .describe("reported: Claude's own figure; estimated: from list prices"),
    outcome: outcomeSchema.nullable().describe('how it ended; null while it is under way'),
    created_at: time(),
    spawned_at: time().nullable(),
    ready_at: time().nullable().describe('when Claude reported its session'),
    answered_at: time().nullable().describe('when the model first answered'),
    ended_at: time().nullable(),
  })
  .describe('One `claude` process that was started for a project.');

export type WireRun = z.output<typeof runSchema>;
