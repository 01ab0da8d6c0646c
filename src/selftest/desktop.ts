/** Claude Desktop's part: our Desktop server in a process of its own, used as Claude Desktop uses it. */

import { closeSync, openSync } from 'node:fs';
import { messageOf } from '../error-message.ts';
import { mcpClient } from '../mcp-client.ts';
import { SelftestError } from './selftest-error.ts';

export interface Desktop {
  /** Calls a tool and returns the facts of its answer. Throws SelftestError when it refuses. */
  call(
    tool: string,
    input: Record<string, unknown>,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}

export interface DesktopOptions {
  /** The program and arguments that start our command line. */
  readonly selfCommand: readonly string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
  /** Takes the server's stderr. */
  readonly logPath: string;
}

/** Longer than `bridge_wait` waits. */
const CALL_TIMEOUT_MS = 45_000;

/** Starts the server. Throws SelftestError when it does not answer. */
export async function startDesktop({ selfCommand, env, cwd, logPath }: DesktopOptions): Promise<Desktop> {
  const [command = process.execPath, ...args] = selfCommand;
  const log = openSync(logPath, 'a', 0o600);
  const server = { command, args: [...args, 'mcp', 'desktop'], env, cwd, stderr: log };
  const client = mcpClient('bridge-supervisor-selftest', server);
  try {
    await client.connect();
  } catch (error) {
    await client.close();
    throw new SelftestError(`the Desktop server did not start: ${messageOf(error)}`);
  } finally {
    closeSync(log);
  }
  return {
    async call(tool, input, signal) {
      const options = { signal, timeoutMs: CALL_TIMEOUT_MS };
      const { isError, text, facts } = await client.callTool(tool, input, options).catch((error) => {
        throw new SelftestError(`${tool} was not answered: ${messageOf(error)}`);
      });
      if (isError) throw new SelftestError(`${tool} was refused: ${text}`);
      return facts;
    },
    close: () => client.close(),
  };
}
