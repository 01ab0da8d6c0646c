/** Clients of MCP over HTTP, as people have them: of the SDK before the revision of 2026-07-28, and of the one after it. */
import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { ToolsetName } from '../../src/project/toolset.ts';
import type { Answer, Sent, Serving } from './server.ts';

export type Side = 'desktop' | 'code' | ToolsetName;

export const MODERN = '2026-07-28';

/** Its answers as the SDK hands them over. */
export interface McpClient extends AsyncDisposable {
  /** The version of the protocol that both agreed on. */
  readonly version: string | undefined;
  readonly instructions: string | undefined;
  list(): Promise<Record<string, unknown>[]>;
  call(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<ToolResult>;
  /** The addresses of its resources, each with its text. */
  resources(): Promise<Record<string, string>>;
}

interface CallOptions {
  readonly signal?: AbortSignal;
  onprogress?(progress: { readonly progress: number; readonly total?: number | undefined }): void;
}

export interface ToolResult {
  readonly isError?: boolean;
  readonly content: readonly { readonly text: string }[];
  readonly structuredContent?: Record<string, unknown>;
}

export async function oldClient(api: Serving, side: Side, token: string): Promise<McpClient> {
  const transport = new StreamableHTTPClientTransport(urlOf(api, side), options(token));
  const client = new Client({ name: 'old', version: '1' });
  await client.connect(transport as Parameters<Client['connect']>[0]);
  return {
    version: transport.protocolVersion,
    instructions: client.getInstructions(),
    list: async () => (await client.listTools()).tools,
    call: async (name, args = {}, more = {}) =>
      (await client.callTool({ name, arguments: args }, undefined, more)) as unknown as ToolResult,
    resources: async () =>
      textsOf((await client.listResources()).resources, (uri) => client.readResource({ uri })),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

export async function modernClient(api: Serving, side: Side, token: string): Promise<McpClient> {
  const transport = new ModernTransport(urlOf(api, side), options(token));
  const client = new ModernClient({ name: 'modern', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(transport);
  return {
    version: client.getNegotiatedProtocolVersion(),
    instructions: client.getInstructions(),
    list: async () => (await client.listTools()).tools,
    call: async (name, args = {}, more = {}) =>
      (await client.callTool({ name, arguments: args }, more)) as unknown as ToolResult,
    resources: async () =>
      textsOf((await client.listResources()).resources, (uri) => client.readResource({ uri })),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

async function textsOf(
  resources: readonly { readonly uri: string }[],
  read: (uri: string) => Promise<{ readonly contents: readonly object[] }>,
): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const { uri } of resources) {
    const [content] = (await read(uri)).contents;
    texts[uri] = content && 'text' in content ? String(content.text) : '';
  }
  return texts;
}

function urlOf({ port }: Serving, side: Side): URL {
  return new URL(`http://127.0.0.1:${port}/mcp/${side}`);
}

function options(token: string) {
  return { requestInit: { headers: { authorization: `Bearer ${token}` } } };
}

/** One message by itself, and the message that answers it: as JSON, or as the last of server-sent events. */
export async function say(api: Serving, side: Side, message: unknown, sent: Sent = {}): Promise<Said> {
  const answer = await api.call(`POST /mcp/${side}`, { token: api.tokens.admin, body: message, ...sent });
  const { status, headers, text } = answer;
  return { status, headers, text, message: messageIn(answer) };
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered.
export type Said = Omit<Answer, 'json'> & { readonly message: any };

function messageIn({ headers, text }: Answer): unknown {
  if (text === '') return undefined;
  if (!headers['content-type']?.startsWith('text/event-stream')) return JSON.parse(text);
  const data = [...text.matchAll(/^data: (.+)$/gm)].map(([, one = '']) => JSON.parse(one));
  return data.at(-1);
}

export function toolCall(name: string, args: unknown = {}, id: unknown = 1): object {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } };
}
