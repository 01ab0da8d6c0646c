/** The transport that MCP had before Streamable HTTP, for clients that know no other: it is served where the owner says so. */
import * as z from 'zod';
import type { Config } from '../../config.ts';
import { defineRoute } from '../define-route.ts';
import { OLD_MCP_PATH } from '../events/old-mcp.ts';
import { AND_MORE, type Example } from '../example.ts';
import { problem } from '../problem.ts';
import { MAX_BODY_BYTES, mcpMessage } from './mcp.ts';
import { openStream, TOO_MANY_STREAMS } from './stream-room.ts';

const isServed = (config: Config): boolean => config.channels.legacy_sse;

const GONE = problem(
  'gone',
  'the old transport of MCP is not served: register http://HOST:PORT/mcp/channels as a server of type http, or start: bridge-supervisor mcp channels. For a client that knows no other, set channels.legacy_sse to true in config.json and restart the supervisor.',
);

const NOT_SERVED: Example = {
  status: 410,
  answer: {
    status: 410,
    code: 'gone',
    detail: 'the old transport of MCP is not served: register …',
    ...AND_MORE,
  },
};

export const openOldTransport = defineRoute({
  method: 'GET',
  path: '/sse',
  access: 'admin',
  summary:
    'The tools of channels over the old transport of MCP (HTTP with SSE), where `channels.legacy_sse` is on: a stream whose event `endpoint` says where messages are sent, and whose events `message` answer them. Otherwise it says where the tools are.',
  answer: z
    .looseObject({ jsonrpc: z.literal('2.0') })
    .describe('The data of each event `message`: an answer of JSON-RPC, or progress.'),
  problems: ['gone', 'too-many-streams'],
  example: NOT_SERVED,
  async run(_input, call) {
    if (!isServed(call.config)) return { problem: GONE };
    return openStream(call, call.events.oldMcp.follow(call.caller));
  },
});

export const sendOverOldTransport = defineRoute({
  method: 'POST',
  path: OLD_MCP_PATH,
  access: 'admin',
  summary:
    'A message of MCP from the client that holds this stream of `GET /sse` open. The stream answers it.',
  query: z.looseObject({
    session_id: z.string().optional().describe('as the event `endpoint` has it; needed'),
  }),
  body: mcpMessage,
  status: 202,
  answer: 'text/plain; charset=utf-8',
  maxBodyBytes: MAX_BODY_BYTES,
  countsWrites: true,
  problems: ['gone', 'not-connected', 'too-many-streams'],
  example: { send: { jsonrpc: '2.0', id: 1, method: 'tools/list' }, ...NOT_SERVED },
  async run({ query, body }, { config, events, caller, answerMcp }) {
    if (!isServed(config)) return { problem: GONE };
    const client = events.oldMcp.find(query.session_id ?? '', caller);
    if (!client) return { problem: NOT_CONNECTED };
    const isTaken = client.take(body, (gone) => answerMcp('channels', body, caller, gone));
    return isTaken ? { bytes: ACCEPTED } : { problem: TOO_MANY_STREAMS };
  },
});

const ACCEPTED = Buffer.from('Accepted');

const NOT_CONNECTED = problem(
  'not-connected',
  'no open stream of yours has this session_id: open one with GET /sse, and send to where its event endpoint says.',
);
