/** A Claude Desktop: the real stdio server as its child, started anew whenever it has gone. */
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { identify } from '../../src/machine/identity.ts';
import { signal } from './living.ts';
import type { World } from './world.ts';

/** What a client has of a call; `answered: false` when the other side died before it said anything. */
export type Heard =
  | { readonly answered: true; readonly ok: boolean; readonly text: string; readonly projectId: string }
  | { readonly answered: false };

export class Desktop {
  readonly #world: World;
  #connection: { readonly client: Client; readonly transport: StdioClientTransport } | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  /** Calls a tool; the server is killed after `killAfterMs`, if given and if it has not answered by then. */
  async call(
    name: string,
    args: Readonly<Record<string, unknown>>,
    killAfterMs: number | undefined,
  ): Promise<Heard> {
    try {
      const { client, transport } = await this.#connect();
      const calling = client.callTool({ name, arguments: { ...args } }, undefined, {
        timeout: CALL_TIMEOUT_MS,
      });
      if (killAfterMs !== undefined) await killDuring(calling, transport, killAfterMs);
      return heard(await calling);
    } catch {
      await this.close();
      return { answered: false };
    }
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.client.close().catch(() => undefined);
  }

  async #connect() {
    if (this.#connection) return this.#connection;
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [this.#world.program, 'mcp', 'desktop'],
      env: { ...this.#world.environment },
      stderr: 'ignore',
    });
    const client = new Client({ name: 'soak', version: '1' });
    this.#connection = { client, transport };
    client.onclose = () => {
      this.#connection = undefined;
    };
    await client.connect(transport);
    return this.#connection ?? { client, transport };
  }
}

const CALL_TIMEOUT_MS = 30_000;

async function killDuring(
  calling: Promise<unknown>,
  { pid }: StdioClientTransport,
  afterMs: number,
): Promise<void> {
  const over = calling.then(
    () => true,
    () => true,
  );
  if (pid === null || (await Promise.race([over, delay(afterMs, false)]))) return;
  const server = await identify(pid);
  if (server) await signal(server, 'SIGKILL');
}

function heard(result: Record<string, unknown>): Heard {
  const [content] = result.content as readonly { readonly text: string }[];
  const facts = (result.structuredContent ?? {}) as Record<string, unknown>;
  return {
    answered: true,
    ok: result.isError !== true,
    text: content?.text ?? '',
    projectId: String(facts.project_id ?? ''),
  };
}
