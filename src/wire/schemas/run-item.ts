import * as z from 'zod';
import { count, time } from './scalars.ts';

const shown = {
  text: z.string().describe('without secrets of a known form'),
  cut: z.boolean().describe('there is more of it in the raw output'),
};
const ofSubagent = z.boolean().describe('a helper that Claude has started');
const callId = z.string().describe('names the call');

/** A piece of what Claude has written in a run. */
export const runItemSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('began'), model: z.string(), claude_version: z.string() }),
    z.strictObject({ kind: z.literal('text'), ...shown, of_subagent: ofSubagent }),
    z.strictObject({ kind: z.literal('thinking'), ...shown, of_subagent: ofSubagent }),
    z.strictObject({
      kind: z.literal('tool_call'),
      call_id: callId,
      tool: z.string(),
      summary: z.string().describe('the tool and the one argument a person would name'),
      ...shown,
      of_subagent: ofSubagent,
    }),
    z.strictObject({
      kind: z.literal('tool_result'),
      call_id: callId,
      failed: z.boolean(),
      text: shown.text.nullable().describe('null: the role does not suffice to read it'),
      cut: shown.cut,
    }),
    z.strictObject({ kind: z.literal('message'), ...shown }),
    z.strictObject({ kind: z.literal('denied'), call_id: callId, reason: z.string().nullable() }),
    z.strictObject({
      kind: z.literal('rate_limit'),
      status: z.string(),
      limit: z.string().nullable(),
      resets_at: time().nullable(),
    }),
    z.strictObject({
      kind: z.literal('api_retry'),
      attempt: z.number().nullable(),
      reason: z.string().nullable(),
    }),
    z.strictObject({ kind: z.literal('ended'), failed: z.boolean(), turns: z.number(), ...shown }),
  ])
  .describe(
    'A piece of what Claude has written: `began`, `text`, `thinking`, `tool_call` (`text` is its input as JSON), `tool_result`, `message` (what Claude was told), `denied`, `rate_limit`, `api_retry`, `ended`.',
  );

export type WireRunItem = z.output<typeof runItemSchema>;

/** What one line of the output of a run holds. */
export const runLineSchema = z
  .strictObject({
    position: count().describe('in bytes: give this as `after` to go on behind it'),
    at: time().nullable().describe('when it was written; null: Claude does not say'),
    items: z.array(runItemSchema),
  })
  .describe('What one line of the output holds.');

export type WireRunLine = z.output<typeof runLineSchema>;

/** A page of what Claude has written in a run. */
export const runPageSchema = z
  .strictObject({
    lines: z.array(runLineSchema).describe('oldest first; more may follow'),
    position: count().describe('give this as `after` to the next call'),
    ended: z.boolean().describe('the run has ended, and nothing follows'),
  })
  .describe('What Claude has written in a run.');
