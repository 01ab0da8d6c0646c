/**
 * The nouns as the tools of the MCP servers give them to a model: fewer fields, long texts shortened, and a field
 * without a value left out. Each field is the noun's own.
 */
import * as z from 'zod';
import { eventSchema } from './event.ts';
import { holdSchema } from './hold.ts';
import { updateSchema } from './message.ts';
import { projectSchema } from './project.ts';
import { requestSchema } from './request.ts';
import { decisionSchema, roundSchema } from './round.ts';
import { runSchema } from './run.ts';
import { statusSchema } from './status.ts';
import { toolEvidenceSchema } from './tool-evidence.ts';

const { id: projectId, attention, not_before, expires_at } = projectSchema.shape;

/** Named as the tools' own argument names it. */
export const toolProjectSchema = z.strictObject({
  project_id: projectId,
  ...projectSchema.pick({
    title: true,
    status: true,
    round: true,
    workspace: true,
    created_at: true,
    updated_at: true,
  }).shape,
  outline: z
    .literal(true)
    .exactOptional()
    .describe('no outline was approved yet: what is submitted is no work'),
  attention: attention.unwrap().exactOptional(),
  not_before: not_before.unwrap().exactOptional(),
  expires_at: expires_at.unwrap().exactOptional(),
});

export type ToolProject = z.output<typeof toolProjectSchema>;

export const toolRunSchema = z.strictObject({
  run_id: runSchema.shape.id,
  kind: runSchema.shape.kind,
  created_at: runSchema.shape.created_at,
  ...runSchema.shape.live.shape,
});

export type ToolRun = z.output<typeof toolRunSchema>;

export const toolRoundSchema = roundSchema
  .omit({ outline: true, run_id: true, measured: true, decision: true, landings: true })
  .extend({ caveats: roundSchema.shape.caveats.exactOptional() });

export type ToolRound = z.output<typeof toolRoundSchema>;

export const toolDecisionSchema = z.strictObject({
  round: roundSchema.shape.round,
  ...decisionSchema.shape,
  reason: decisionSchema.shape.reason.exactOptional(),
});

export type ToolDecision = z.output<typeof toolDecisionSchema>;

const asked = requestSchema.shape;

export const toolRequestSchema = z.strictObject({
  request_id: asked.id,
  ...requestSchema.pick({ project_id: true, kind: true, state: true, created_at: true }).shape,
  question: asked.question.exactOptional(),
  options: asked.options.exactOptional(),
  tool_name: asked.tool_name.exactOptional(),
  input: asked.input.exactOptional(),
  agent_id: asked.agent_id.unwrap().exactOptional(),
  default_answer: asked.default_answer.unwrap().exactOptional(),
  deadline: asked.deadline.unwrap().exactOptional(),
  resume_cost: asked.resume_cost.unwrap().exactOptional(),
  scope: asked.scope.unwrap().exactOptional(),
  answer: asked.answer.unwrap().exactOptional(),
  decided_by: asked.decided_by.unwrap().exactOptional(),
  decided_at: asked.decided_at.unwrap().exactOptional(),
});

export type ToolRequest = z.output<typeof toolRequestSchema>;

export const toolUpdateSchema = updateSchema.omit({ run_id: true });

export type ToolUpdate = z.output<typeof toolUpdateSchema>;

const [{ shape: event }] = eventSchema.def.options;

export const toolEventSchema = z.strictObject({
  id: event.id,
  created_at: event.created_at,
  project_id: event.project_id.unwrap().exactOptional(),
  type: z.string(),
  message: z.string().describe('what happened, in our words'),
  quote: z.string().exactOptional().describe('words of Claude Code, of the person or of a program'),
});

export type ToolEvent = z.output<typeof toolEventSchema>;

const toolHoldSchema = holdSchema.omit({ since: true, source: true });

/** Whether work that waits can go on. */
export const toolReadinessSchema = z.strictObject({
  supervisor: statusSchema.shape.supervisor.shape.state,
  holds: z.array(toolHoldSchema).exactOptional().describe('absent: none'),
});

export type ToolReadiness = z.output<typeof toolReadinessSchema>;

/** By the name of the thing. */
export const TOOL_NOUNS = {
  'tool project': toolProjectSchema,
  'tool run': toolRunSchema,
  'tool evidence': toolEvidenceSchema,
  'tool round': toolRoundSchema,
  'tool decision': toolDecisionSchema,
  'tool request': toolRequestSchema,
  'tool update': toolUpdateSchema,
  'tool event': toolEventSchema,
  'tool hold': toolHoldSchema,
} as const;
