/**
 * A set of tools as an MCP server. Its promise: whatever happens, a call is answered with a result a model can act on,
 * and an answer that is an error is one line that starts with `ERROR:`. Only this file and the transport know the SDK.
 */
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type {
  CallToolResult,
  Tool as ListedTool,
  ServerNotification,
  ServerRequest,
} from '@modelcontextprotocol/sdk/types.js';
import { messageOf } from '../error-message.ts';
import { ExpectedError } from '../expected-error.ts';
import { cleanLine, LIMITS } from '../project/text.ts';
import { VERSION } from '../version.ts';
import type { Answer, Caller, Tool } from './define-tool.ts';
import type { BridgeAccess } from './open-bridge.ts';
import { Shown } from './shown.ts';
import { logToStderr } from './stderr.ts';

export interface ServerWords {
  readonly name: string;
  readonly title: string;
  /** When to use this server; clients put it into the model's system prompt. */
  readonly instructions?: string;
}

export interface BridgeServer {
  connect(transport: Transport): Promise<void>;
  /** Ends waiting calls, lets the others finish and be answered, then closes the connection and the store. */
  close(): Promise<void>;
}

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** Of JSON-RPC (https://www.jsonrpc.org/specification#error_object). */
const METHOD_NOT_FOUND = -32601;

/** @param log Gets one line for whatever goes wrong between the client and the tools. */
export function buildServer(
  words: ServerWords,
  tools: readonly Tool[],
  access: BridgeAccess,
  log: (line: string) => void = logToStderr,
): BridgeServer {
  const { name, title, instructions } = words;
  const sdk = new Server(
    { name, title, version: VERSION },
    { capabilities: { tools: {} }, ...(instructions === undefined ? {} : { instructions }) },
  );
  sdk.onerror = ({ message }) => log(message);
  const closing = new AbortController();
  const shown = new Shown();
  const underWay = new Set<Promise<unknown>>();

  // A handler of the SDK's own for these methods would refuse what a client leaves empty, in many lines of its own.
  sdk.fallbackRequestHandler = async ({ method, params }, extra) => {
    if (method === 'tools/list') return { tools: tools.filter(isListed).map(listed) };
    if (method !== 'tools/call')
      throw Object.assign(new Error('Method not found'), { code: METHOD_NOT_FOUND });
    const result = callTool(tools, access, params ?? {}, callerOf(extra, closing.signal, shown));
    underWay.add(result);
    void result.finally(() => underWay.delete(result));
    return result;
  };

  return {
    connect: (transport) => sdk.connect(transport),
    async close() {
      closing.abort();
      while (underWay.size > 0) await Promise.all(underWay);
      // The SDK writes an answer in the turn after the one in which it is there.
      await new Promise((resolve) => setImmediate(resolve));
      await sdk.close();
      await access.close();
    },
  };
}

/** A tool that the client's own settings call is shown to no model. */
function isListed({ unlisted }: Tool): boolean {
  return unlisted !== true;
}

function listed({ name, title, description, hints, inputSchema, meta }: Tool): ListedTool {
  return {
    name,
    title,
    description,
    inputSchema,
    annotations: {
      title,
      readOnlyHint: hints.readOnly,
      destructiveHint: hints.destructive,
      idempotentHint: hints.idempotent,
      openWorldHint: false,
    },
    ...(meta ? { _meta: { ...meta } } : {}),
  };
}

function callerOf(extra: Extra, closing: AbortSignal, shown: Shown): Caller {
  const meta = extra._meta;
  const toolUseId = meta?.['claudecode/toolUseId'];
  const progressToken = meta?.progressToken;
  return {
    signal: AbortSignal.any([extra.signal, closing]),
    toolUseId: isRequestId(toolUseId) ? toolUseId : undefined,
    shown,
    async progress(done, total) {
      if (progressToken === undefined) return;
      const params = { progressToken, progress: done, total };
      await extra.sendNotification({ method: 'notifications/progress', params });
    },
  };
}

function isRequestId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && id.length <= LIMITS.requestId;
}

/** Never rejects. */
async function callTool(
  tools: readonly Tool[],
  access: BridgeAccess,
  { name, arguments: args }: Readonly<Record<string, unknown>>,
  caller: Caller,
): Promise<CallToolResult> {
  if (typeof name !== 'string') return failed(`the call names no tool; this server has: ${names(tools)}.`);
  const tool = tools.find((one) => one.name === name);
  if (!tool) return failed(`unknown tool '${name}'; this server has: ${names(tools)}.`);
  try {
    return resultOf(await tool.call(args, access, caller));
  } catch (error) {
    return failed(explainFailure(tool.name, error));
  }
}

function names(tools: readonly Tool[]): string {
  return tools
    .filter(isListed)
    .map(({ name }) => name)
    .join(', ');
}

function resultOf(answer: Answer): CallToolResult {
  if (!answer.ok) return failed(answer.refusal);
  const { text, facts } = answer;
  return { content: [{ type: 'text', text }], ...(facts && { structuredContent: { ...facts } }) };
}

function failed(message: string): CallToolResult {
  const line = cleanLine(message);
  const text = line.length <= MAX_ERROR_CHARACTERS ? line : `${line.slice(0, MAX_ERROR_CHARACTERS)}…`;
  return { isError: true, content: [{ type: 'text', text: `ERROR: ${text}` }] };
}

/** A plan can have many problems; the first ones are enough to go on. */
const MAX_ERROR_CHARACTERS = 4_000;

function explainFailure(tool: string, error: unknown): string {
  if (error instanceof ExpectedError) return error.message;
  return `${tool} failed unexpectedly: ${messageOf(error)}. Try again; if it fails again, restart this client: bridge-supervisor may have been upgraded under it.`;
}
