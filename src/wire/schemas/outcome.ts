import * as z from 'zod';
import { count, time, usd } from './scalars.ts';

const message = z.string().describe('what the system, Claude or the service said');
const after_ms = count();

function kind<Name extends string, Facts extends z.ZodRawShape>(name: Name, facts: Facts) {
  return z.strictObject({ kind: z.literal(name), ...facts });
}

/** How a run ended: its kind, and the facts that belong to it. */
export const outcomeSchema = z
  .discriminatedUnion('kind', [
    kind('submitted', {}),
    kind('no_completion', {}),
    kind('cancelled', {}),
    kind('interrupted', {}),
    kind('never_spawned', { message }),
    kind('claude_missing', { message }),
    kind('machine_exhausted', { message }),
    kind('workspace_missing', { message }),
    kind('no_init', { after_ms }),
    kind('tools_missing', { status: z.string() }),
    kind('tool_denied', { tool: z.string(), setting: z.string() }),
    kind('wrong_folder', { folder: z.string() }),
    kind('claude_too_old', { message }),
    kind('stalled', { silent_ms: count() }),
    kind('timed_out', { after_ms }),
    kind('crashed', { code: z.int().nullable(), signal: z.string().nullable(), stderr: z.string() }),
    kind('output_truncated', {}),
    kind('output_too_large', { written_mb: z.number(), max_mb: z.number() }),
    kind('usage_limit', { limit: z.string(), resets_at: time() }),
    kind('throttled', {}),
    kind('not_logged_in', { message }),
    kind('billing', { message }),
    kind('api_error', { status: z.int().nullable(), message }),
    kind('model_unknown', {
      model: z.string(),
      source: z.enum(['plan', 'configuration', 'session', 'claude']).optional(),
      message: message.optional(),
    }),
    kind('request_refused', { status: z.int(), message }),
    kind('max_turns', { turns: count() }),
    kind('budget_spent', { budget_usd: usd() }),
    kind('refused', {}),
    kind('prompt_too_long', {}),
    kind('session_missing', {}),
    kind('lost', { message }),
  ])
  .describe('How a run ended: its kind, and the facts that belong to it.');

export type WireOutcome = z.output<typeof outcomeSchema>;
