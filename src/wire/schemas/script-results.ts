/** What each tool of scripts and escalation answers as structured content. */
import * as z from 'zod';
import { ESCALATION_SCOPES } from '../../project/escalation.ts';
import { SCRIPT_STATES } from '../../project/script.ts';
import { toolEvidenceSchema } from './tool-evidence.ts';
import { toolReadinessSchema, toolRequestSchema, toolRoundSchema } from './tool-nouns.ts';

const note = z.string().exactOptional().describe('how to take words of others');
const next = z.string().exactOptional().describe('what to do now');
const operationId = z.string().describe('names it, for the other tools');

const scriptResultSchema = z.strictObject({
  operation_id: operationId,
  status: z.enum(['completed', ...SCRIPT_STATES]).exclude(['ended']),
  script: z.string(),
  exit_code: z
    .int()
    .nullable()
    .describe(
      'its own; null: it runs, or a signal ended it; -2: it timed out, -3: it was not started, -4: indeterminate, -5: cancelled',
    ),
  idempotent_replay: z.literal(true).exactOptional().describe('run before under this key, and not now'),
  stdout: z.string().describe('the end of it, without secrets'),
  stderr: z.string().describe('the end of it, without secrets'),
  stdout_truncated: z.literal(true).exactOptional().describe('more was printed than is kept'),
  stdout_total_bytes: z.int().exactOptional().describe('as much as was printed'),
  stderr_truncated: z.literal(true).exactOptional(),
  stderr_total_bytes: z.int().exactOptional(),
  message: z.string().describe('how it went, in words'),
  next,
  note,
});

export type WireScriptResult = z.output<typeof scriptResultSchema>;

const escalationSchema = z.strictObject({
  operation_id: operationId.describe('the id of its project'),
  status: z.enum([
    'queued',
    'executing',
    'awaiting_answer',
    'awaiting_approval',
    'attention',
    'completed',
    'cancelled',
  ]),
  timed_out: z.literal(true).exactOptional().describe('this call has waited long enough; the task goes on'),
  idempotent_replay: z.literal(true).exactOptional().describe('passed on before under this key'),
  limits: z
    .strictObject({
      permission_scope: z.enum(ESCALATION_SCOPES),
      max_budget_usd: z.number().exactOptional(),
      timeout: z.number().exactOptional().describe('seconds'),
    })
    .exactOptional()
    .describe("what holds for it: the owner's limits, or less"),
  result: z.string().exactOptional().describe('what Claude Code says it did'),
  completion: toolRoundSchema.exactOptional(),
  evidence: toolEvidenceSchema.exactOptional().describe('what was measured of it'),
  branch: z.string().exactOptional().describe('the git branch that has its changes'),
  progress: z.string().exactOptional().describe('what Claude Code reported last'),
  questions: z.array(toolRequestSchema).exactOptional().describe('what it asks a person'),
  attention: z.string().exactOptional().describe('why a person has to look at it'),
  reason: z.string().exactOptional().describe('why it was cancelled'),
  spent_usd: z.number().exactOptional(),
  supervisor: toolReadinessSchema.shape.supervisor.exactOptional().describe('while it waits for it'),
  next,
  note,
});

export type WireEscalation = z.output<typeof escalationSchema>;

const unknownSchema = z.strictObject({
  operation_id: z.string(),
  status: z.literal('unknown'),
  message: z.string(),
});

export const SCRIPT_RESULTS = {
  escalate_to_claude: escalationSchema,
  run_script: scriptResultSchema,
  list_bridge_scripts: z.strictObject({
    scripts: z.array(
      z.strictObject({
        name: z.string(),
        description: z.string().describe('its first line of comment'),
        problem: z.string().exactOptional().describe('why it cannot be run'),
      }),
    ),
    message: z.string().exactOptional(),
  }),
  get_operation_status: z.union([scriptResultSchema, escalationSchema, unknownSchema]),
  cancel_operation: z.union([scriptResultSchema, escalationSchema, unknownSchema]),
};
