/**
 * Parses the output of Claude, line by line. Every version adds events and fields: unknown ones are ignored, and known
 * ones are validated.
 */
import * as z from 'zod';
import type { TokenUsage } from './list-prices.ts';

/**
 * Times are whole seconds since 1970. A number outside this era, such as milliseconds, counts as no time: a wait for it
 * would never end.
 */
const epochSeconds = lenient(
  z
    .number()
    .min(0)
    .max(Date.parse('2200-01-01') / 1000),
);

const init = z.object({
  type: z.literal('system'),
  subtype: z.literal('init'),
  model: z.string().catch('unknown'),
  claude_code_version: z.string().catch('unknown'),
  /** The working folder. */
  cwd: lenient(z.string()),
  /** The names of all tools; empty when missing. */
  tools: listOf(z.string()),
  mcp_servers: listOf(z.object({ name: z.string(), status: z.string() })),
});

const toolUse = z.object({
  type: z.literal('tool_use'),
  id: z.string(),
  name: z.string(),
  input: z.record(z.string(), z.unknown()).catch({}),
});

const tokens = z.number().min(0).catch(0);

const usage = z
  .object({
    input_tokens: tokens,
    output_tokens: tokens,
    cache_read_input_tokens: tokens,
    cache_creation_input_tokens: tokens,
    cache_creation: z.object({ ephemeral_1h_input_tokens: tokens }).catch({ ephemeral_1h_input_tokens: 0 }),
  })
  .transform(
    (read): TokenUsage => ({
      input: read.input_tokens,
      output: read.output_tokens,
      cacheRead: read.cache_read_input_tokens,
      cacheWrite: read.cache_creation_input_tokens,
      cacheWriteHour: read.cache_creation.ephemeral_1h_input_tokens,
    }),
  );

const assistant = z.object({
  type: z.literal('assistant'),
  message: z.object({
    id: z.string().catch(''),
    model: lenient(z.string()),
    usage: lenient(usage),
    content: listOf(toolUse),
  }),
  parent_tool_use_id: lenient(z.string()),
  error: lenient(z.string()),
});

const toolResult = z.object({ type: z.literal('tool_result'), tool_use_id: z.string() });

const user = z.object({
  type: z.literal('user'),
  uuid: lenient(z.string()),
  isReplay: lenient(z.boolean()),
  /** What a tool answered, for programs; each result is an event of its own (seen in 2.1.329). */
  tool_use_result: z.unknown().optional(),
  message: z.object({ content: listOf(toolResult) }),
});

const modelUsage = z.object({
  costUSD: z.number().min(0),
  inputTokens: tokens,
  outputTokens: tokens,
  cacheReadInputTokens: tokens,
  cacheCreationInputTokens: tokens,
});

const result = z.object({
  type: z.literal('result'),
  subtype: z.string().catch('unknown'),
  is_error: z.boolean().catch(false),
  api_error_status: lenient(z.number()),
  /** `error.type` of the service's own answer; absent where something else answered (seen in 2.1.329). */
  api_error_type: lenient(z.string()),
  num_turns: z.number().catch(0),
  result: lenient(z.string()),
  errors: listOf(z.string()),
  stop_reason: lenient(z.string()),
  terminal_reason: lenient(z.string()),
  /** The answer that `--json-schema` asks for; absent when the model never gave it (seen in 2.1.197 and 2.1.329). */
  structured_output: z.unknown().optional(),
  total_cost_usd: lenient(z.number().min(0)),
  /** The call that was put off until a person has decided. */
  deferred_tool_use: lenient(z.object({ id: z.string() })),
  /** For this process alone; newer versions only (seen in 2.1.329). */
  model_usage_since_last_result: lenient(z.record(z.string(), modelUsage)),
  /** Calls that did not run because Claude may not make them. */
  permission_denials: listOf(
    z.object({ tool_name: z.string(), tool_use_id: z.string(), tool_input: toolUse.shape.input }),
  ),
});

/** A call that did not run, as it happens; newer versions only (seen in 2.1.329). */
const denial = z.object({
  type: z.literal('system'),
  subtype: z.literal('permission_denied'),
  tool_use_id: z.string(),
  decision_reason_type: lenient(z.string()),
});

/** The start of an answer, and its last usage (https://docs.claude.com/en/api/messages-streaming). */
const messageStart = z.object({
  type: z.literal('stream_event'),
  event: z.object({
    type: z.literal('message_start'),
    message: z.object({ id: z.string(), model: lenient(z.string()), usage }),
  }),
  parent_tool_use_id: lenient(z.string()),
});

const messageDelta = z.object({
  type: z.literal('stream_event'),
  event: z.object({ type: z.literal('message_delta'), usage }),
  api_message_id: lenient(z.string()),
  parent_tool_use_id: lenient(z.string()),
});

const hook = z.object({
  type: z.literal('system'),
  subtype: z.enum(['hook_started', 'hook_response']),
  hook_id: z.string(),
  hook_event: z.string().catch(''),
});

const rateLimit = z.object({
  type: z.literal('rate_limit_event'),
  rate_limit_info: z.object({
    status: z.string(),
    resetsAt: epochSeconds,
    rateLimitType: lenient(z.string()),
    utilization: lenient(z.number()),
    /** All windows at once; newer versions only (seen in 2.1.329). */
    unifiedWindows: lenient(
      z.record(
        z.string(),
        lenient(
          z.object({
            utilization: lenient(z.number()),
            resetsAt: epochSeconds,
            status: lenient(z.string()),
          }),
        ),
      ),
    ),
    /** The limit is reached, but the account pays beyond it, so the run continues. */
    isUsingOverage: lenient(z.boolean()),
  }),
});

/** An optional field. One of another type counts as missing: one odd field must not cost the whole event. */
function lenient<T extends z.ZodType>(type: T) {
  return type.optional().catch(undefined);
}

/** The items of this type; empty when the value is not a list. */
function listOf<T extends z.ZodType>(type: T) {
  const members = z.array(z.unknown()).catch([]);
  return members.transform((list) => list.flatMap((one) => type.safeParse(one).data ?? []));
}

export type Init = z.output<typeof init>;
export type ResultMessage = z.output<typeof result>;
export type RateLimitInfo = z.output<typeof rateLimit>['rate_limit_info'];
export type ToolUse = z.output<typeof toolUse>;

export type ClaudeEvent =
  | { readonly kind: 'init'; readonly init: Init }
  | {
      readonly kind: 'assistant';
      readonly messageId: string;
      readonly model: string | undefined;
      readonly usage: TokenUsage | undefined;
      readonly toolUses: readonly ToolUse[];
      readonly error: string | undefined;
      readonly ofSubagent: boolean;
    }
  | { readonly kind: 'tool_results'; readonly toolUseIds: readonly string[]; readonly answer?: unknown }
  | { readonly kind: 'taken_in'; readonly uuid: string }
  | { readonly kind: 'hook'; readonly id: string; readonly name: string; readonly runs: boolean }
  /** A piece of an answer that follows whole: a sign of life, and nothing else. */
  | { readonly kind: 'partial' }
  | {
      /** The tokens of an answer, at its start and at its end. */
      readonly kind: 'usage';
      /** Undefined for the answer that began last. */
      readonly messageId: string | undefined;
      readonly model: string | undefined;
      readonly usage: TokenUsage;
      readonly ofSubagent: boolean;
    }
  | { readonly kind: 'rate_limit'; readonly info: RateLimitInfo }
  /** A call was refused; the reason is one of Claude's words for what refused it. */
  | { readonly kind: 'denied'; readonly id: string; readonly reason: string | undefined }
  | { readonly kind: 'result'; readonly result: ResultMessage }
  | { readonly kind: 'other' };

/** How the line of a partial answer begins. It is checked before parsing: there may be hundreds a second. */
export const PARTIAL = '{"type":"stream_event"';

/** The lines among these that have the tokens of an answer. */
const WITH_USAGE = `${PARTIAL},"event":{"type":"message_`;

/** Parses one line; undefined when it is not JSON. */
export function readEvent(line: string): ClaudeEvent | undefined {
  if (line.startsWith(PARTIAL) && !line.startsWith(WITH_USAGE)) return { kind: 'partial' };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const event = READERS.map((reader) => reader(value)).find((one) => one !== undefined);
  return event ?? { kind: line.startsWith(PARTIAL) ? 'partial' : 'other' };
}

const READERS: readonly ((value: unknown) => ClaudeEvent | undefined)[] = [
  (value) => {
    const read = assistant.safeParse(value);
    if (!read.success) return undefined;
    const { message, error, parent_tool_use_id } = read.data;
    return {
      kind: 'assistant',
      messageId: message.id,
      model: message.model,
      usage: message.usage,
      toolUses: message.content,
      error,
      ofSubagent: Boolean(parent_tool_use_id),
    };
  },
  (value) => {
    const read = user.safeParse(value);
    if (!read.success) return undefined;
    const { isReplay, uuid, message, tool_use_result: answer } = read.data;
    if (isReplay && uuid !== undefined) return { kind: 'taken_in', uuid };
    return { kind: 'tool_results', toolUseIds: message.content.map(({ tool_use_id: id }) => id), answer };
  },
  (value) => {
    const read = init.safeParse(value);
    return read.success ? { kind: 'init', init: read.data } : undefined;
  },
  (value) => {
    const read = hook.safeParse(value);
    if (!read.success) return undefined;
    const { hook_id: id, hook_event: name, subtype } = read.data;
    return { kind: 'hook', id, name, runs: subtype === 'hook_started' };
  },
  (value) => {
    const read = result.safeParse(value);
    return read.success ? { kind: 'result', result: read.data } : undefined;
  },
  (value) => {
    const read = denial.safeParse(value);
    if (!read.success) return undefined;
    const { tool_use_id: id, decision_reason_type: reason } = read.data;
    return { kind: 'denied', id, reason };
  },
  (value) => {
    const read = messageStart.safeParse(value);
    if (!read.success) return undefined;
    const { id, model, usage } = read.data.event.message;
    return { kind: 'usage', messageId: id, model, usage, ofSubagent: Boolean(read.data.parent_tool_use_id) };
  },
  (value) => {
    const read = messageDelta.safeParse(value);
    if (!read.success) return undefined;
    const { api_message_id: messageId, event, parent_tool_use_id } = read.data;
    const ofSubagent = Boolean(parent_tool_use_id);
    return { kind: 'usage', messageId, model: undefined, usage: event.usage, ofSubagent };
  },
  (value) => {
    const read = rateLimit.safeParse(value);
    return read.success ? { kind: 'rate_limit', info: read.data.rate_limit_info } : undefined;
  },
];
