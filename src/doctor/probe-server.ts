/** Starts an MCP server as its client would, with the command and environment as registered, and asks for its tools. */

import { randomUUID } from 'node:crypto';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Clock } from '../clock.ts';
import { messageOf } from '../error-message.ts';
import type { ProcessIdentity } from '../machine/identity.ts';
import { identifyNew } from '../machine/spawn.ts';
import { sweep } from '../machine/sweep.ts';
import { familyOf } from '../machine/tree.ts';
import type { ServerStart } from '../setup/server-start.ts';
import { VERSION } from '../version.ts';

export type ServerProbe =
  | {
      readonly kind: 'answered';
      readonly name: string;
      readonly version: string;
      readonly tools: readonly string[];
    }
  | { readonly kind: 'unreachable'; readonly why: string };

/** Marks everything that the server starts, so that it is found and ended. */
const MARK = 'BRIDGE_DOCTOR_MARK';
const MAX_STDERR_CHARACTERS = 300;

/** Starts the server, lists its tools and ends it with everything it started. Does not throw. */
export async function probeServer(
  server: ServerStart,
  clock: Clock,
  signal: AbortSignal,
): Promise<ServerProbe> {
  const mark = { name: MARK, value: randomUUID() };
  const transport = new StdioClientTransport({
    command: server.command,
    args: [...server.args],
    env: { ...server.env, [MARK]: mark.value },
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr?.on('data', (chunk) => {
    stderr = `${stderr}${chunk}`.slice(-MAX_STDERR_CHARACTERS);
  });
  const client = new Client({ name: 'bridge-supervisor-doctor', version: VERSION });
  let root: ProcessIdentity | undefined;
  try {
    const connected = client.connect(transport, { signal });
    root = transport.pid === null ? undefined : await identifyNew(transport.pid);
    await connected;
    const { tools } = await client.listTools({}, { signal });
    const { name = '', version = '' } = client.getServerVersion() ?? {};
    return { kind: 'answered', name, version, tools: tools.map((tool) => tool.name) };
  } catch (error) {
    const why = messageOf(error);
    return { kind: 'unreachable', why: stderr.trim().split('\n').at(-1) || why };
  } finally {
    const family = root ? await familyOf(root) : [];
    await client.close().catch(() => undefined);
    if (root) await sweep({ root, mark, family, graceMs: 500, clock });
  }
}
