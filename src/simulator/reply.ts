/** Everything a script can make the API do, and small constructors that read well in a script. */
import type { Gate } from './gate.ts';

export type Reply = MessageReply | ErrorReply | HangReply | DropReply | GateReply;

/** The model speaks, calls tools, or both. */
export interface MessageReply extends Timing {
  readonly kind: 'message';
  readonly thinking?: string;
  readonly text?: string;
  readonly calls?: readonly ToolCall[];
  /** What is left out is estimated from the size of the request and of the answer. */
  readonly usage?: Usage;
  /** Default: `tool_use` when tools are called, else `end_turn`. */
  readonly stopReason?: string;
  /** Cuts the text, thinking and tool input into this many pieces with a wait before each. */
  readonly pace?: { readonly chunks: number; readonly everyMs: number };
}

/** The API refuses the request. */
export interface ErrorReply extends Timing {
  readonly kind: 'error';
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

/** The API goes silent and stays so until the client leaves or the simulator closes. */
export interface HangReply {
  readonly kind: 'hang';
  readonly at: 'before-headers' | 'after-headers' | 'mid-stream';
}

/** The connection breaks. */
export interface DropReply {
  readonly kind: 'drop';
  readonly at: 'before-headers' | 'mid-stream';
}

/** Nothing is sent until the gate opens; then `reply`, which may be of any kind. */
export interface GateReply {
  readonly kind: 'gate';
  readonly gate: Gate;
  readonly reply: Reply;
}

export interface ToolCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Default: a new one, as the API promises; some proxies repeat theirs. */
  readonly id?: string;
}

/** Token numbers as the API names them (https://docs.claude.com/en/api/messages). */
interface Usage {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cache_creation_input_tokens?: number;
  readonly cache_read_input_tokens?: number;
}

interface Timing {
  /** Response headers beside the usual ones, such as `retry-after` or those of `rateLimitHeaders`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly delayMs?: number;
}

type MessageExtras = Omit<MessageReply, 'kind' | 'text' | 'calls'>;

/** The model says `text` and ends its turn. */
export function say(text: string, extras: MessageExtras = {}): MessageReply {
  return { kind: 'message', text, ...extras };
}

/** The model calls one tool, with an optional sentence before it. */
export function call(
  name: string,
  input: ToolCall['input'] = {},
  extras: MessageExtras & { readonly text?: string } = {},
): MessageReply {
  return calls([{ name, input }], extras);
}

/** The model calls several tools in one message. */
export function calls(
  list: readonly ToolCall[],
  extras: MessageExtras & { readonly text?: string } = {},
): MessageReply {
  return { kind: 'message', calls: list, ...extras };
}

/** An API error of the usual type for its status, for example `apiError(529)`. */
export function apiError(
  status: number,
  extras: Partial<Omit<ErrorReply, 'kind' | 'status'>> = {},
): ErrorReply {
  return {
    kind: 'error',
    status,
    type: errorTypes[status] ?? 'api_error',
    message: `Scripted error ${status}`,
    ...extras,
  };
}

export function hang(at: HangReply['at'] = 'before-headers'): HangReply {
  return { kind: 'hang', at };
}

export function drop(at: DropReply['at'] = 'before-headers'): DropReply {
  return { kind: 'drop', at };
}

export function gated(gate: Gate, reply: Reply): GateReply {
  return { kind: 'gate', gate, reply };
}

/** https://docs.claude.com/en/api/errors */
const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};
