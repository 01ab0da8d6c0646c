/** Claude Desktop's part: our Desktop server as a process of its own, spoken to as Desktop speaks to it. */

import { closeSync, openSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import * as z from 'zod';
import { messageOf } from '../error-message.ts';
import { VERSION } from '../version.ts';
import { SelftestError } from './selftest-error.ts';

export interface Desktop {
  /** Calls a tool and returns the facts of its answer. Throws SelftestError when it refuses. */
  call(tool: string, input: Record<string, unknown>, signal: AbortSignal): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

export interface DesktopOptions {
  /** The program and arguments that start our command line. */
  readonly entry: readonly string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
  /** Takes the server's stderr. */
  readonly logPath: string;
}

const answer = z.object({
  isError: z.boolean().optional(),
  content: z.array(z.looseObject({ text: z.string().optional() })),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
});

/** Longer than `bridge_wait` waits. */
const CALL_TIMEOUT_MS = 45_000;

/** Starts the server. Throws SelftestError when it does not answer. */
export async function startDesktop({ entry, env, cwd, logPath }: DesktopOptions): Promise<Desktop> {
  const [command = process.execPath, ...args] = entry;
  const log = openSync(logPath, 'a', 0o600);
  const client = new Client({ name: 'bridge-supervisor-selftest', version: VERSION });
  const transport = new StdioClientTransport({
    command,
    args: [...args, 'mcp', 'desktop'],
    env,
    cwd,
    stderr: log,
  });
  try {
    await client.connect(transport);
  } catch (error) {
    await client.close();
    throw new SelftestError(`the Desktop server did not start: ${messageOf(error)}`);
  } finally {
    closeSync(log);
  }
  return {
    async call(tool, input, signal) {
      const options = { signal, timeout: CALL_TIMEOUT_MS };
      const reply = await client
        .callTool({ name: tool, arguments: input }, undefined, options)
        .catch((error) => {
          throw new SelftestError(`${tool} was not answered: ${messageOf(error)}`);
        });
      const { isError, content, structuredContent = {} } = answer.parse(reply);
      const text = content.map((part) => part.text ?? '').join(' ');
      if (isError) throw new SelftestError(`${tool} was refused: ${text}`);
      return structuredContent;
    },
    close: () => client.close(),
  };
}
