/**
 * A scripted reply as the Messages API would send it: one JSON message, or the same message as a stream of events
 * (https://docs.claude.com/en/api/messages-streaming).
 */
import type { MessageReply } from './reply.ts';

export interface ApiMessage {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly model: string;
  readonly content: readonly ApiBlock[];
  readonly stop_reason: string;
  readonly stop_sequence: null;
  readonly usage: ApiUsage;
}

export interface StreamEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

type ApiBlock =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: object };

interface ApiUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
}

/** Completes a reply with ids and with token numbers estimated from `requestBytes` where the script gave none. */
export function apiMessage(reply: MessageReply, model: string, requestBytes: number): ApiMessage {
  const content = blocks(reply);
  return {
    id: uniqueId('msg_'),
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: reply.stopReason ?? (reply.calls?.length ? 'tool_use' : 'end_turn'),
    stop_sequence: null,
    usage: {
      input_tokens: estimateTokens(requestBytes),
      output_tokens: estimateTokens(JSON.stringify(content).length),
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      ...reply.usage,
    },
  };
}

/** The events of a streamed message; every block's content is cut into at most `chunks` deltas. */
export function streamEvents(message: ApiMessage, chunks: number): StreamEvent[] {
  const { output_tokens, ...inputUsage } = message.usage;
  const opening = { ...message, content: [], stop_reason: null, usage: { ...inputUsage, output_tokens: 1 } };
  return [
    { type: 'message_start', message: opening },
    { type: 'ping' },
    ...message.content.flatMap((block, index) => blockEvents(block, index, chunks)),
    {
      type: 'message_delta',
      delta: { stop_reason: message.stop_reason, stop_sequence: null },
      usage: { output_tokens },
    },
    { type: 'message_stop' },
  ];
}

/** About four bytes of English or JSON make one token; close enough for figures that nobody is billed for. */
export function estimateTokens(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 4));
}

/** Ids are random because a resumed conversation may meet a second simulator and must not see an id twice. */
export function uniqueId(prefix: string): string {
  return prefix + globalThis.crypto.randomUUID().replaceAll('-', '').slice(0, 24);
}

function blocks(reply: MessageReply): ApiBlock[] {
  const list: ApiBlock[] = [];
  if (reply.thinking) list.push({ type: 'thinking', thinking: reply.thinking, signature: 'simulated' });
  if (reply.text) list.push({ type: 'text', text: reply.text });
  for (const { name, input, id } of reply.calls ?? []) {
    list.push({ type: 'tool_use', id: id ?? uniqueId('toolu_'), name, input });
  }
  return list;
}

function blockEvents(block: ApiBlock, index: number, chunks: number): StreamEvent[] {
  return [
    { type: 'content_block_start', index, content_block: emptied(block) },
    ...deltas(block, chunks).map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

function emptied(block: ApiBlock): ApiBlock {
  if (block.type === 'thinking') return { ...block, thinking: '', signature: '' };
  if (block.type === 'text') return { ...block, text: '' };
  return { ...block, input: {} };
}

function deltas(block: ApiBlock, chunks: number): object[] {
  if (block.type === 'thinking') {
    return [
      ...cut(block.thinking, chunks).map((thinking) => ({ type: 'thinking_delta', thinking })),
      { type: 'signature_delta', signature: block.signature },
    ];
  }
  if (block.type === 'text') return cut(block.text, chunks).map((text) => ({ type: 'text_delta', text }));
  return cut(JSON.stringify(block.input), chunks).map((json) => ({
    type: 'input_json_delta',
    partial_json: json,
  }));
}

/** Cuts between code points, as the API does: a piece never ends inside a surrogate pair. */
function cut(text: string, pieces: number): string[] {
  const points = [...text];
  const size = Math.max(1, Math.ceil(points.length / pieces));
  return Array.from({ length: Math.ceil(points.length / size) }, (_, piece) =>
    points.slice(piece * size, (piece + 1) * size).join(''),
  );
}
