/**
 * Claude's output, line by line. Every version adds events and fields: what is not known here is ignored, and what is
 * known is checked before it is believed.
 */
import { z } from 'zod';

const init = z.object({
  type: z.literal('system'),
  subtype: z.literal('init'),
  session_id: z.string(),
  model: z.string(),
  claude_code_version: z.string().default('unknown'),
  apiKeySource: z.string().default('unknown'),
  mcp_servers: z.array(z.object({ name: z.string(), status: z.string() })).default([]),
});

const toolUse = z.object({
  type: z.literal('tool_use'),
  id: z.string(),
  name: z.string(),
  input: z.record(z.string(), z.unknown()).default({}),
});

const assistant = z.object({
  type: z.literal('assistant'),
  message: z.object({ id: z.string().default(''), content: z.array(z.unknown()).default([]) }),
  parent_tool_use_id: z.string().nullish(),
  error: z.string().optional(),
});

const toolResult = z.object({ type: z.literal('tool_result'), tool_use_id: z.string() });

const user = z.object({
  type: z.literal('user'),
  uuid: z.string().optional(),
  isReplay: z.boolean().optional(),
  message: z.object({ content: z.union([z.string(), z.array(z.unknown())]) }),
});

const result = z.object({
  type: z.literal('result'),
  subtype: z.string(),
  is_error: z.boolean().default(false),
  api_error_status: z.number().nullish(),
  num_turns: z.number().default(0),
  result: z.string().optional(),
  errors: z.array(z.string()).optional(),
  stop_reason: z.string().nullish(),
  terminal_reason: z.string().nullish(),
  total_cost_usd: z.number().default(0),
});

const rateLimit = z.object({
  type: z.literal('rate_limit_event'),
  rate_limit_info: z.object({
    status: z.string(),
    resetsAt: z.number().optional(),
    rateLimitType: z.string().optional(),
    utilization: z.number().optional(),
    /** All windows at once; newer versions only (seen in 2.1.329). */
    unifiedWindows: z
      .record(
        z.string(),
        z.object({
          utilization: z.number().optional(),
          resetsAt: z.number().optional(),
          status: z.string().optional(),
        }),
      )
      .optional(),
    isUsingOverage: z.boolean().optional(),
  }),
});

export type Init = z.output<typeof init>;
export type Result = z.output<typeof result>;
export type RateLimit = z.output<typeof rateLimit>['rate_limit_info'];
export type ToolUse = z.output<typeof toolUse>;

export type ClaudeEvent =
  | { readonly kind: 'init'; readonly init: Init }
  | {
      readonly kind: 'assistant';
      readonly messageId: string;
      readonly toolUses: readonly ToolUse[];
      readonly error: string | undefined;
      readonly ofSubagent: boolean;
    }
  | { readonly kind: 'tool_results'; readonly toolUseIds: readonly string[] }
  | { readonly kind: 'taken_in'; readonly uuid: string }
  | { readonly kind: 'rate_limit'; readonly info: RateLimit }
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'other' };

/** Reads one line; undefined when it is not JSON at all. */
export function readEvent(line: string): ClaudeEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return READERS.map((reader) => reader(value)).find((event) => event !== undefined) ?? { kind: 'other' };
}

const READERS: readonly ((value: unknown) => ClaudeEvent | undefined)[] = [
  (value) => {
    const read = assistant.safeParse(value);
    if (!read.success) return undefined;
    const { message, error, parent_tool_use_id } = read.data;
    const toolUses = message.content.flatMap((block) => toolUse.safeParse(block).data ?? []);
    return {
      kind: 'assistant',
      messageId: message.id,
      toolUses,
      error,
      ofSubagent: Boolean(parent_tool_use_id),
    };
  },
  (value) => {
    const read = user.safeParse(value);
    if (!read.success) return undefined;
    const { isReplay, uuid, message } = read.data;
    if (isReplay && uuid !== undefined) return { kind: 'taken_in', uuid };
    const blocks = Array.isArray(message.content) ? message.content : [];
    return {
      kind: 'tool_results',
      toolUseIds: blocks.flatMap((block) => toolResult.safeParse(block).data?.tool_use_id ?? []),
    };
  },
  (value) => {
    const read = init.safeParse(value);
    return read.success ? { kind: 'init', init: read.data } : undefined;
  },
  (value) => {
    const read = result.safeParse(value);
    return read.success ? { kind: 'result', result: read.data } : undefined;
  },
  (value) => {
    const read = rateLimit.safeParse(value);
    return read.success ? { kind: 'rate_limit', info: read.data.rate_limit_info } : undefined;
  },
];
