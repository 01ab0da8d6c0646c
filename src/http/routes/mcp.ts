import * as z from 'zod';
import type { HttpSide, UnservedSide } from '../../mcp/http-message.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { AND_MORE, type Example } from '../example.ts';
import { problem } from '../problem.ts';

/** More than any message: a plan has at most a megabyte, and JSON may write it in twice as many. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** One message of JSON-RPC. What is wrong in it is answered as MCP says. */
export const mcpMessage = z.looseObject({
  jsonrpc: z.unknown().optional().describe("'2.0'"),
  id: z.unknown().optional().describe('a text or a whole number; a notification has none'),
  method: z.unknown().optional().describe('such as `tools/call`'),
  params: z.unknown().optional().describe('as the method says'),
});

const answer = z
  .looseObject({
    jsonrpc: z.literal('2.0'),
    id: z.union([z.string(), z.number()]).nullish(),
    result: z.unknown().optional(),
    error: z
      .unknown()
      .optional()
      .describe('why the message was not answered; what a tool refuses is a result'),
  })
  .describe(
    'The answer of JSON-RPC, by itself or as the last one of server-sent events. A notification is answered 202, without a body.',
  );

export const callDesktopTools = mcpRoute(
  'desktop',
  'The tools of Claude Desktop, as `mcp desktop` has them: one message of MCP over Streamable HTTP, without a session.',
  toolCall(
    'bridge_list_projects',
    `data: {"result":{"content":[{"type":"text","text":"4 projects, newest first:…`,
  ),
);

export const callCodeTools = mcpRoute(
  'code',
  "The tools of a person's own Claude Code, as `mcp code` has them outside of a run: one message of MCP over Streamable HTTP, without a session. It speaks for no run.",
  toolCall('bridge_get_pending_plan', `data: {"result":{"content":[{"type":"text","text":"…`),
);

export const callChannelTools = mcpRoute(
  'channels',
  'The tools of channels, as `mcp channels` has them outside of a run: one message of MCP over Streamable HTTP, without a session.',
  toolCall(
    'bridge_channels',
    `data: {"result":{"content":[{"type":"text","text":"Active channels (1, 2 total messages):…`,
  ),
);

export const callMemoryTools = mcpRoute(
  'memory',
  'The tools of the shared memory, as `mcp memory` has them outside of a run: one message of MCP over Streamable HTTP, without a session. What is written is by the name of the credential.',
  toolCall('memory_list', `data: {"result":{"content":[{"type":"text","text":"No keys here.…`),
);

export const callGraphTools = mcpRoute(
  'graph',
  'The shared memory as a graph, as `mcp graph` has it outside of a run: one message of MCP over Streamable HTTP, without a session. What is written is by the name of the credential.',
  toolCall('read_graph', `data: {"result":{"content":[{"type":"text","text":"{\\n  \\"entities\\": []…`),
);

export const callFolderTools = mcpRoute(
  'folder',
  'The files of the shared folder, as `mcp folder` has them: one message of MCP over Streamable HTTP, without a session.',
  toolCall('list_directory', `data: {"result":{"content":[{"type":"text","text":"[FILE] spec.md…`, {
    path: '.',
  }),
);

export const callScriptTools = unservedRoute(
  'scripts',
  'Says that scripts and escalation are not served over HTTP, and what to do instead.',
  'scripts run for as long as the client is there that asked for them, which HTTP cannot tell, so they are not served over it. Have the client start: bridge-supervisor mcp scripts, on another machine: ssh HOST bridge-supervisor mcp scripts. A task for Claude Code is a plan: POST /projects.',
);

export const callRelayTools = unservedRoute(
  'relay',
  'Says that the relay is not served over HTTP, and what to do instead.',
  'the relay is between Claude Desktop and Claude Code of one person, and a token is neither, so it is not served over HTTP. Have the client start: bridge-supervisor mcp relay --client code, on another machine: ssh HOST bridge-supervisor mcp relay --client code. Among more than two there are channels: POST /mcp/channels.',
);

function toolCall(name: string, begin: string, args: object = {}): Example {
  return {
    headers: { Accept: 'application/json, text/event-stream' },
    send: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } },
    answer: `event: message\n${begin}"jsonrpc":"2.0","id":1}\n\n`,
  };
}

function messageTo(side: HttpSide | UnservedSide) {
  return {
    method: 'POST',
    path: `/mcp/${side}`,
    access: 'admin',
    body: mcpMessage,
    answer,
    maxBodyBytes: MAX_BODY_BYTES,
  } as const;
}

function mcpRoute(side: HttpSide, summary: string, example: Example): Route {
  return defineRoute({
    ...messageTo(side),
    summary,
    countsWrites: true,
    example,
    run: async ({ body }, call) => ({ response: await call.answerMcp(side, body, call.caller) }),
  });
}

/** Whoever asks for it is told what else there is: a route that is unknown would only say that it is. */
function unservedRoute(side: UnservedSide, summary: string, instead: string): Route {
  const refused = problem('gone', instead);
  return defineRoute({
    ...messageTo(side),
    summary,
    problems: ['gone'],
    example: {
      send: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      status: 410,
      answer: { status: 410, code: 'gone', detail: `${instead.slice(0, 60)}…`, ...AND_MORE },
    },
    run: async () => ({ problem: refused }),
  });
}
