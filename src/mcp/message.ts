/**
 * A line of the protocol, read as far as it can be: a message the SDK takes, or what is wrong with it and who waits for
 * an answer. The SDK alone drops what it cannot read (https://github.com/modelcontextprotocol/typescript-sdk/issues/2247).
 */

import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { isObject } from '../project/json-object.ts';

export type MessageId = string | number;

export interface Unreadable {
  readonly kind: 'unreadable';
  /** Of JSON-RPC (https://www.jsonrpc.org/specification#error_object). */
  readonly code: typeof PARSE_ERROR | typeof INVALID_REQUEST;
  readonly why: string;
  /** The requests in it that can be answered. */
  readonly ids: readonly MessageId[];
}

export type ReadMessage =
  | { readonly kind: 'message'; readonly message: JSONRPCMessage }
  | { readonly kind: 'nothing' }
  | Unreadable;

export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;

/** Reads one line. Never throws. What a request leaves empty (`params` null or []) is not given. */
export function readMessage(line: string): ReadMessage {
  const text = line.replace(/^\uFEFF+/, '').trim();
  if (text === '') return { kind: 'nothing' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unreadable(PARSE_ERROR, 'it is not JSON', [idInText(text)]);
  }
  if (Array.isArray(value)) {
    const ids = value.slice(0, MAX_ANSWERS).map((part) => (isObject(part) ? part.id : undefined));
    return unreadable(INVALID_REQUEST, 'it is a batch; send each message on a line of its own', ids);
  }
  return readValue(value);
}

/** Reads one message that is no text any more. Never throws. */
export function readValue(value: unknown): Exclude<ReadMessage, { readonly kind: 'nothing' }> {
  return isObject(value) ? readObject(value) : unreadable(INVALID_REQUEST, 'it is not an object', []);
}

/** A batch of ten megabytes would be answered by ten times as much. */
const MAX_ANSWERS = 100;

/** The id of a request whose text is damaged or too long to read: only where it cannot be one inside its params. */
export function idInText(text: string): MessageId | undefined {
  const [head = ''] = text.slice(0, 300).split('"params"');
  const first = new RegExp(`^\\s*\\{(?:\\s*"(?:jsonrpc|method)"\\s*:\\s*"[^"\\\\]*"\\s*,)*\\s*${ID}`).exec(
    head,
  );
  const last = new RegExp(`"jsonrpc"\\s*:\\s*"2\\.0"\\s*,\\s*${ID}\\s*\\}\\s*$`).exec(text.slice(-300));
  const found = (first ?? last)?.[1];
  return found === undefined ? undefined : JSON.parse(found);
}

const ID = '"id"\\s*:\\s*("[^"\\\\\\u0000-\\u001f]*"|-?(?:0|[1-9]\\d{0,14})(?![\\d.eE]))';

type Members = Readonly<Record<string, unknown>>;

type Read = ReturnType<typeof readValue>;

function readObject({ jsonrpc, id, method, params, result, error }: Members): Read {
  const invalid = (why: string) => unreadable(INVALID_REQUEST, why, method === undefined ? [] : [id]);
  if (jsonrpc !== '2.0') return invalid("it lacks 'jsonrpc': '2.0'");
  if (id !== undefined && !isTakenId(id)) return invalid("its 'id' is neither a text nor a whole number");
  // Rebuilt from what it may have: the SDK answers no message with a member more.
  if (method === undefined && id !== undefined && (isObject(result) || isObject(error)))
    return message({ jsonrpc, id, ...(isObject(error) ? { error } : { result }) });
  if (typeof method !== 'string') return unreadable(INVALID_REQUEST, "its 'method' is no text", [id]);
  const given = readParams(method, params);
  if (given === undefined) return invalid("its 'params' are no object");
  return message({ jsonrpc, ...(id === undefined ? {} : { id }), method, params: given });
}

function message(members: Members): Read {
  // Its members have been checked above.
  return { kind: 'message', message: members as unknown as JSONRPCMessage };
}

function readParams(method: string, params: unknown): Members | undefined {
  const isNone = params === undefined || params === null || (Array.isArray(params) && params.length === 0);
  const members = isNone ? {} : params;
  if (!isObject(members)) return undefined;
  // A receiver without tasks ignores a wish for one (https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/tasks).
  const { _meta: meta, task: _, ...others } = members;
  // What a call has is read by the tools, which can say what is wrong with it.
  const given = method === 'tools/call' ? others : withoutNull(others, MAX_DEPTH);
  const read = method === 'initialize' ? introduction(given) : given;
  return isObject(meta) ? { ...read, _meta: readMeta(meta) } : read;
}

/**
 * Who the client is and what it can do changes nothing here: the SDK is told neither, because it refuses a client for any
 * member of them that it does not like. For a version that is none, it names the newest one it speaks.
 */
function introduction({ protocolVersion }: Members): Members {
  return {
    protocolVersion: typeof protocolVersion === 'string' ? protocolVersion : 'none',
    capabilities: {},
    clientInfo: { name: 'client', version: 'unknown' },
  };
}

function readMeta(meta: Members): Members {
  const { progressToken, 'io.modelcontextprotocol/related-task': _, ...others } = meta;
  return isTakenId(progressToken) ? { ...others, progressToken } : others;
}

const MAX_DEPTH = 5;

/** Languages with nothing but null for what is not there write it at every depth. */
function withoutNull(members: Members, depth: number): Members {
  const given = Object.entries(members).filter(([, value]) => value !== null);
  return Object.fromEntries(
    given.map(([name, value]) => [
      name,
      isObject(value) && depth > 0 ? withoutNull(value, depth - 1) : value,
    ]),
  );
}

function unreadable(code: Unreadable['code'], why: string, ids: readonly unknown[]): Unreadable {
  return { kind: 'unreadable', code, why, ids: ids.filter(isAnyId) };
}

function isAnyId(id: unknown): id is MessageId {
  return typeof id === 'string' || typeof id === 'number';
}

function isTakenId(id: unknown): id is MessageId {
  return typeof id === 'string' || Number.isSafeInteger(id);
}
