/**
 * The same tools as over stdio, to clients of both eras of the protocol: those of 2026-07-28 and those before it. There are no
 * sessions: each message is answered by a server of its own, and what a client was shown is kept by its credential. Only this
 * file knows this SDK.
 */
import {
  createMcpHandler,
  type McpHttpHandler,
  type McpRequestContext,
  Server,
} from '@modelcontextprotocol/server';
import type { Clock } from '../clock.ts';
import type { Environment } from '../environment.ts';
import type { Credential } from '../project/credential.ts';
import { VERSION } from '../version.ts';
import { channelToolset } from './channels.ts';
import { codeToolset } from './code.ts';
import { DESKTOP_TOOLSET } from './desktop.ts';
import { folderToolset } from './folder.ts';
import { graphToolset } from './graph.ts';
import type { HttpMessage, HttpSide } from './http-message.ts';
import { memoryToolset } from './memory.ts';
import { readValue, type Unreadable } from './message.ts';
import type { BridgeAccess } from './open-bridge.ts';
import { Shown } from './shown.ts';
import { answerRequest, isAnswered, offerOf, type Toolset } from './toolset.ts';
import type { Verbs } from './verbs.ts';

export type AnswerMessage = (side: HttpSide, message: HttpMessage) => Promise<Response>;

/** Whose verbs these are closes them. A client over HTTP speaks for no run, whatever this process was started in. */
export function openHttpServer(verbs: Verbs, clock: Clock, env: Environment): AnswerMessage {
  const access: BridgeAccess = { clock, use: (work) => work(verbs), close: async () => undefined };
  const shownTo = shownByCredential();
  const asking = new WeakMap<Request, HttpMessage>();

  const serve = (toolset: Toolset) => {
    const create = ({ requestInfo }: McpRequestContext) => {
      const asked = requestInfo && asking.get(requestInfo);
      if (!asked) throw new Error('a message came past this server');
      return createServer(toolset, access, asked, shownTo(asked.caller));
    };
    // Nothing that a client could subscribe to ever changes: a stream for that would stay open and say nothing.
    return createMcpHandler(create, { maxSubscriptions: 0 });
  };
  const handlers: Readonly<Record<HttpSide, McpHttpHandler>> = {
    desktop: serve(DESKTOP_TOOLSET),
    code: serve(codeToolset(undefined)),
    channels: serve(channelToolset(undefined)),
    memory: serve(memoryToolset({ client: undefined })),
    graph: serve(graphToolset({ client: undefined })),
    folder: serve(folderToolset({ env })),
  };

  return async (side, asked) => {
    const read = readValue(asked.message);
    if (read.kind === 'unreadable') return refuse(read);
    const request = new Request(ANY_URL, {
      method: 'POST',
      headers: protocolHeaders(asked.headers),
      signal: asked.gone,
    });
    asking.set(request, asked);
    return handlers[side].fetch(request, { parsedBody: read.message });
  };
}

/** The SDK wants one and does not look at it: host and path have been checked. */
const ANY_URL = 'http://127.0.0.1/mcp';

function createServer(toolset: Toolset, access: BridgeAccess, asked: HttpMessage, shown: Shown): Server {
  const { actor, ending, waitToWrite } = asked;
  const sdk = new Server({ name: toolset.name, title: toolset.title, version: VERSION }, offerOf(toolset));
  // Without a handler of ours the SDK answers as the revision of the protocol says: in the newest with a status of its own.
  if (!('method' in asked.message && isAnswered(toolset, String(asked.message.method)))) return sdk;
  // A handler of the SDK's own for these methods would refuse what a client leaves empty.
  sdk.fallbackRequestHandler = async ({ method, params }, { mcpReq }) => {
    const answer = await answerRequest(
      toolset,
      access,
      { actor, shown, waitToWrite },
      {
        method,
        params,
        meta: mcpReq._meta,
        signal: AbortSignal.any([mcpReq.signal, ending]),
        notify: mcpReq.notify,
      },
    );
    if (await asked.isStillAdmitted()) return answer;
    throw Object.assign(new Error('the token was revoked, or expired'), { code: INVALID_REQUEST });
  };
  return sdk;
}

const INVALID_REQUEST = -32600;

/** The protocol's own: no secret is handed on. Who says nothing of what it takes, as `curl`, takes all. */
function protocolHeaders(headers: Headers): Headers {
  const own = [...headers].filter(([name]) => name.startsWith('mcp-'));
  const accept = headers.get('accept') ?? '*/*';
  return new Headers([
    ...own,
    ['content-type', 'application/json'],
    ['accept', accept.includes('*/*') ? 'application/json, text/event-stream' : accept],
  ]);
}

function refuse({ code, why, ids }: Unreadable): Response {
  const error = { code, message: `The message cannot be read: ${why}.` };
  return Response.json({ jsonrpc: '2.0', id: ids[0] ?? null, error }, { status: 400 });
}

/** Beyond it the one that was not heard of for longest is forgotten, and is shown again what it decides on. */
const MAX_CLIENTS = 100;

/** Another credential under a name that was revoked is another client. */
function shownByCredential(): (caller: Credential) => Shown {
  const known = new Map<string, Shown>();
  return ({ name, createdAt }) => {
    const key = `${name} ${createdAt}`;
    const shown = known.get(key) ?? new Shown();
    known.delete(key);
    known.set(key, shown);
    const [oldest] = known.size > MAX_CLIENTS ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    return shown;
  };
}
