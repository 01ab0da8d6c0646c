/** An MCP client: starts a server over stdio and talks to it. Only this file uses the SDK's client. */

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import * as z from 'zod';
import { VERSION } from './version.ts';

export interface ServerProcess {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment, except a few system variables that the SDK adds. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A file descriptor for its stderr, or a function that receives each chunk of it. */
  readonly stderr: number | ((chunk: string) => void);
}

export interface ServerInfo {
  /** Empty when the server has none. */
  readonly name: string;
  readonly version: string;
  /** The names of its tools. */
  readonly tools: readonly string[];
}

export interface ToolAnswer {
  readonly isError: boolean;
  readonly text: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface McpClient {
  /** The server's pid; null before its start and after its end. */
  readonly pid: number | null;
  /** Starts the server; its pid is set immediately. Rejects when it does not answer. */
  connect(signal?: AbortSignal): Promise<void>;
  info(signal: AbortSignal): Promise<ServerInfo>;
  /** Rejects when the server does not answer. */
  callTool(
    name: string,
    input: Readonly<Record<string, unknown>>,
    options: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<ToolAnswer>;
  /** Ends the server. */
  close(): Promise<void>;
}

/** Starts nothing before `connect`. @param name The client's own name. */
export function mcpClient(name: string, server: ServerProcess): McpClient {
  const { command, args, env, cwd, stderr } = server;
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    env: { ...env },
    ...(cwd === undefined ? {} : { cwd }),
    stderr: typeof stderr === 'number' ? stderr : 'pipe',
  });
  if (typeof stderr !== 'number') transport.stderr?.on('data', (chunk) => stderr(String(chunk)));
  const client = new Client({ name, version: VERSION });
  return {
    get pid() {
      return transport.pid;
    },
    connect: (signal) => client.connect(transport, signal && { signal }),
    async info(signal) {
      const { tools } = await client.listTools({}, { signal });
      const { name = '', version = '' } = client.getServerVersion() ?? {};
      return { name, version, tools: tools.map((tool) => tool.name) };
    },
    async callTool(tool, input, { signal, timeoutMs }) {
      const options = { signal, timeout: timeoutMs };
      const reply = await client.callTool({ name: tool, arguments: { ...input } }, undefined, options);
      const { isError = false, content, structuredContent = {} } = answer.parse(reply);
      return { isError, text: content.map((part) => part.text ?? '').join(' '), facts: structuredContent };
    },
    close: () => client.close(),
  };
}

const answer = z.object({
  isError: z.boolean().optional(),
  content: z.array(z.looseObject({ text: z.string().optional() })),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
});
