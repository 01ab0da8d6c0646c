/** Starts an MCP server as its client would, with the command and environment as registered, and asks for its tools. */

import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { messageOf } from '../error-message.ts';
import type { ProcessIdentity } from '../machine/identity.ts';
import { lastLineOf } from '../machine/program-output.ts';
import { identifyNew } from '../machine/spawn.ts';
import { sweep } from '../machine/sweep.ts';
import { processTree } from '../machine/tree.ts';
import { mcpClient, type ServerInfo } from '../mcp-client.ts';
import type { ServerStart } from '../setup/server-start.ts';

export type ServerProbe =
  | ({ readonly kind: 'answered' } & ServerInfo)
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
  let stderr = '';
  const client = mcpClient('bridge-supervisor-doctor', {
    ...server,
    env: { ...server.env, [MARK]: mark.value },
    stderr: (chunk) => {
      stderr = `${stderr}${chunk}`.slice(-MAX_STDERR_CHARACTERS);
    },
  });
  let root: ProcessIdentity | undefined;
  try {
    const connected = client.connect(signal);
    root = client.pid === null ? undefined : await identifyNew(client.pid);
    await connected;
    return { kind: 'answered', ...(await client.info(signal)) };
  } catch (error) {
    const why = messageOf(error);
    return { kind: 'unreachable', why: lastLineOf(stderr) || why };
  } finally {
    const tree = root ? await processTree(root) : [];
    await client.close().catch(() => undefined);
    if (root) await sweep({ root, mark, processTree: tree, graceMs: 500, clock });
  }
}
