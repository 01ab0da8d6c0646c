/**
 * A set of tools under a name: what is listed, and what a call is answered with, whatever serves it. Its promise: whatever
 * happens, a call is answered with a result a model can act on, and an answer that is an error is one line that starts with
 * `ERROR:`, but for tools whose clients know their refusals without. Nothing here knows an SDK.
 */
import { messageOf } from '../error-message.ts';
import { ExpectedError } from '../expected-error.ts';
import type { Actor } from '../project/actor.ts';
import { cleanLine, LIMITS } from '../project/text.ts';
import type { Answer, Caller, Tool } from './define-tool.ts';
import type { BridgeAccess } from './open-bridge.ts';
import type { Shown } from './shown.ts';
import type { Verbs } from './verbs.ts';

export interface Toolset {
  readonly name: string;
  readonly title: string;
  /** When to use these tools; clients put it into the model's system prompt. */
  readonly instructions?: string;
  readonly tools: readonly Tool[];
  /** Those of them that its owner offers now; undefined: all. Never rejects. */
  offered?(): Promise<readonly Tool[]>;
  /** What a client can show or attach without a tool. */
  readonly resources?: readonly Resource[];
  /** Ends what calls have left going; the client is gone. */
  close?(): Promise<void>;
}

/** A text under an address of the protocol. */
export interface Resource {
  readonly uri: string;
  readonly name: string;
  readonly description: string;
  /** Of the text; undefined: plain text. */
  readonly mimeType?: string;
  /** Throws what the store or the configuration throw. */
  read(verbs: Verbs): Promise<string>;
}

/** Who is served, for longer than one call. */
export interface Client {
  /** As the record has who decides and sends. */
  readonly actor: Actor;
  readonly shown: Shown;
  /** After how many seconds it may change something; 0: now. */
  waitToWrite(): number;
}

/** A request of the protocol, as an SDK hands it over. */
export interface ProtocolRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>> | undefined;
  /** `_meta` of the params. */
  readonly meta: Readonly<Record<string, unknown>> | undefined;
  /** Aborts when the client gives it up, or the server ends. */
  readonly signal: AbortSignal;
  notify(notification: ProgressNotification): Promise<void>;
}

interface ProgressNotification {
  readonly method: 'notifications/progress';
  readonly params: {
    readonly progressToken: string | number;
    readonly progress: number;
    readonly total: number;
  };
}

/** Of JSON-RPC (https://www.jsonrpc.org/specification#error_object). */
const METHOD_NOT_FOUND = -32601;

/** What a client is told of a set of tools when it connects, as both SDKs take it. */
export function offerOf({ instructions, resources }: Toolset) {
  return {
    capabilities: { tools: {}, ...(resources ? { resources: {} } : {}) },
    ...(instructions === undefined ? {} : { instructions }),
  };
}

/** Whether the protocol leaves this method to a set of tools, and this one answers it. */
export function isAnswered({ resources }: Toolset, method: string): boolean {
  return isToolMethod(method) || (resources !== undefined && method.startsWith('resources/'));
}

function isToolMethod(method: string): boolean {
  return method === 'tools/list' || method === 'tools/call';
}

/** Of MCP (https://modelcontextprotocol.io/specification, "Resources", "Error Handling"). */
const RESOURCE_NOT_FOUND = -32002;

/**
 * What the protocol leaves to a set of tools. Rejects for a method that is none of its own, and for a resource that is not
 * there or cannot be read.
 */
export async function answerRequest(
  toolset: Toolset,
  access: BridgeAccess,
  client: Client,
  request: ProtocolRequest,
): Promise<Record<string, unknown>> {
  const { resources } = toolset;
  if (resources && request.method.startsWith('resources/'))
    return answerResources(resources, access, request);
  if (!isToolMethod(request.method))
    throw Object.assign(new Error('Method not found'), { code: METHOD_NOT_FOUND });
  const tools = (await toolset.offered?.()) ?? toolset.tools;
  if (request.method === 'tools/list') return { tools: tools.filter(isListed).map(listed) };
  return callTool(tools, access, request.params ?? {}, callerOf(request, client));
}

async function answerResources(
  resources: readonly Resource[],
  access: BridgeAccess,
  { method, params }: ProtocolRequest,
): Promise<Record<string, unknown>> {
  switch (method) {
    case 'resources/list':
      return {
        resources: resources.map(({ uri, name, description, mimeType = TEXT }) => ({
          uri,
          name,
          description,
          mimeType,
        })),
      };
    case 'resources/templates/list':
      return { resourceTemplates: [] };
    case 'resources/read': {
      const uri = typeof params?.uri === 'string' ? params.uri : '';
      const resource = resources.find((one) => one.uri === uri);
      if (!resource) throw Object.assign(new Error('Resource not found'), { code: RESOURCE_NOT_FOUND });
      const text = await access.use((verbs) => resource.read(verbs));
      return { contents: [{ uri, mimeType: resource.mimeType ?? TEXT, text }] };
    }
    default:
      throw Object.assign(new Error('Method not found'), { code: METHOD_NOT_FOUND });
  }
}

const TEXT = 'text/plain';

/** A tool that the client's own settings call is shown to no model. */
function isListed({ unlisted }: Tool): boolean {
  return unlisted !== true;
}

function listed({ name, title, description, hints, inputSchema, meta }: Tool): object {
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

function callerOf({ meta, signal, notify }: ProtocolRequest, client: Client): Caller & Client {
  const toolUseId = meta?.['claudecode/toolUseId'];
  const progressToken = meta?.progressToken;
  return {
    ...client,
    signal,
    toolUseId: isRequestId(toolUseId) ? toolUseId : undefined,
    takesProgress: isProgressToken(progressToken),
    async progress(done, total) {
      if (!isProgressToken(progressToken)) return;
      const params = { progressToken, progress: done, total };
      await notify({ method: 'notifications/progress', params });
    },
  };
}

function isProgressToken(token: unknown): token is string | number {
  return typeof token === 'string' || typeof token === 'number';
}

function isRequestId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && id.length <= LIMITS.requestId;
}

type CallResult = Record<string, unknown>;

/** Never rejects. */
async function callTool(
  tools: readonly Tool[],
  access: BridgeAccess,
  { name, arguments: args }: Readonly<Record<string, unknown>>,
  caller: Caller & Client,
): Promise<CallResult> {
  if (typeof name !== 'string') return failed(`the call names no tool; this server has: ${names(tools)}.`);
  const tool = tools.find((one) => one.name === name);
  if (!tool) return failed(`unknown tool '${name}'; this server has: ${names(tools)}.`);
  const wait = tool.hints.readOnly ? 0 : caller.waitToWrite();
  if (wait > 0) return failed(`this client changes too much at once; try again in ${wait} seconds.`);
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

function resultOf(answer: Answer): CallResult {
  if (!answer.ok) return failed(answer.refusal, answer.plain ? '' : 'ERROR: ');
  const { text, facts, more = [] } = answer;
  return { content: [{ type: 'text', text }, ...more], ...(facts && { structuredContent: { ...facts } }) };
}

function failed(message: string, mark = 'ERROR: '): CallResult {
  const line = cleanLine(message);
  const text = line.length <= MAX_ERROR_CHARACTERS ? line : `${line.slice(0, MAX_ERROR_CHARACTERS)}…`;
  return { isError: true, content: [{ type: 'text', text: `${mark}${text}` }] };
}

/** A plan can have many problems; the first ones are enough to go on. */
const MAX_ERROR_CHARACTERS = 4_000;

function explainFailure(tool: string, error: unknown): string {
  if (error instanceof ExpectedError) return error.message;
  return `${tool} failed unexpectedly: ${messageOf(error)}. Try again; if it fails again, restart this client: bridge-supervisor may have been upgraded under it.`;
}
