/** Speaking to one of our MCP servers exactly as its client would: the command and environment as they are registered. */

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

export type Greeting =
  | {
      readonly kind: 'greeted';
      readonly name: string;
      readonly version: string;
      readonly tools: readonly string[];
    }
  | { readonly kind: 'silent'; readonly why: string };

/** By this everything that a server starts is found again. */
const MARK = 'BRIDGE_DOCTOR_MARK';
const LAST_WORDS = 300;

/** Starts the server, lists its tools and ends it. Nothing of what it started is left, whatever it does. */
export async function greet(server: ServerStart, clock: Clock, signal: AbortSignal): Promise<Greeting> {
  const mark = { name: MARK, value: randomUUID() };
  const transport = new StdioClientTransport({
    command: server.command,
    args: [...server.args],
    env: { ...server.env, [MARK]: mark.value },
    stderr: 'pipe',
  });
  let said = '';
  transport.stderr?.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-LAST_WORDS);
  });
  const client = new Client({ name: 'bridge-supervisor-doctor', version: VERSION });
  let root: ProcessIdentity | undefined;
  try {
    const connected = client.connect(transport, { signal });
    root = transport.pid === null ? undefined : await identifyNew(transport.pid);
    await connected;
    const { tools } = await client.listTools({}, { signal });
    const { name = '', version = '' } = client.getServerVersion() ?? {};
    return { kind: 'greeted', name, version, tools: tools.map((tool) => tool.name) };
  } catch (error) {
    const why = messageOf(error);
    return { kind: 'silent', why: said.trim().split('\n').at(-1) || why };
  } finally {
    const family = root ? await familyOf(root) : [];
    await client.close().catch(() => undefined);
    if (root) await sweep({ root, mark, family, graceMs: 500, clock });
  }
}
