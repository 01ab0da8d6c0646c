/** What a message in a channel costs: to send, to be woken by, and to read where there are many. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import Sqlite from 'better-sqlite3';
import { type Bridge, openBridge } from '../../src/bridge/bridge.ts';
import { newestInChannel } from '../../src/bridge/channels.ts';
import { readChannel } from '../../src/bridge/read-channel.ts';
import { sendToChannel } from '../../src/bridge/send-to-channel.ts';
import { systemClock } from '../../src/clock.ts';
import type { Measurement, Setting } from './measurement.ts';
import type { Stage } from './stage.ts';
import { byTurns, median } from './statistics.ts';

const SMALL = 100;
const LARGE = 100_000;
const CHANNEL = 'shop:build';

export const channels: Measurement = {
  name: 'channels',
  title: 'Messages in channels',
  about: `Measured: one call of bridge_send over stdio; from the moment a message is on disk until a client whose bridge_wait waits in another process has it; one read after a cursor in a channel of ${LARGE} messages. All are medians. Yardsticks: the same call of a bare MCP server that inserts a row into SQLite, as safe on disk; the same read in a channel of ${SMALL}.`,
  async measure({ stage, quick }: Setting) {
    const times = quick ? 30 : 300;
    const home = await stage.folder('state');
    const ours = await start(stage, [CLI, 'mcp', 'channels'], { BRIDGE_HOME: home });
    const bareFile = join(await stage.folder('bare'), 'bare.db');
    const bare = await start(stage, [...STRIP, BARE, bareFile], {});
    const message = { channel: CHANNEL, sender: 'alice', content: 'The build is green.' };
    const ways = {
      measured: () => timed(() => ours.callTool({ name: 'bridge_send', arguments: message })),
      yardstick: () => timed(() => bare.callTool({ name: 'insert', arguments: message })),
    };
    await byTurns(10, ways);
    const sending = await byTurns(times, ways);
    const bridge = await openIn(stage, home);
    const waking = await wakeTimes(bridge, ours, times);
    const [small, large] = [await filled(stage, SMALL), await filled(stage, LARGE)];
    const reading = await byTurns(times, {
      measured: () => timed(() => readSince(large)),
      yardstick: () => timed(() => readSince(small)),
    });
    return {
      rows: [
        {
          name: 'bridge_send',
          unit: 'ms',
          measured: median(sending.measured),
          yardstick: median(sending.yardstick),
          aim: { mostRatio: 1.5 },
        },
        { name: 'commit to a waiting reader', unit: 'ms', measured: median(waking), aim: { most: 10 } },
        {
          name: 'a read after a cursor',
          unit: 'ms',
          measured: median(reading.measured),
          yardstick: median(reading.yardstick),
          aim: { mostRatio: 1.5 },
        },
      ],
      notes: [],
    };
  },
};

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const BARE = fileURLToPath(new URL('fixtures/bare-insert.ts', import.meta.url));
const STRIP = ['--experimental-strip-types', '--no-warnings'];

async function start(
  stage: Stage,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Client> {
  const client = new Client({ name: 'bench', version: '1' });
  const transport = new StdioClientTransport({ command: process.execPath, args: [...args], env: { ...env } });
  await client.connect(transport as Parameters<Client['connect']>[0]);
  stage.closeLater(() => client.close());
  return client;
}

async function openIn(stage: Stage, home: string): Promise<Bridge> {
  const bridge = await openBridge(home, systemClock);
  stage.closeLater(() => bridge.close());
  return bridge;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** From the commit of a message in this process to the answer of a wait in another one. */
async function wakeTimes(bridge: Bridge, reader: Client, times: number): Promise<number[]> {
  const found: number[] = [];
  for (let n = 0; n < times; n++) {
    const [last] = await newestInChannel(bridge, CHANNEL, 1);
    const waiting = reader.callTool({
      name: 'bridge_wait',
      arguments: { channel: CHANNEL, since_id: last?.id, timeout_seconds: 20 },
    });
    // Until the wait has begun, and its feed is open.
    await systemClock.sleep(30);
    await sendToChannel(bridge, { channel: CHANNEL, sender: 'bob', content: `${n}` });
    const from = performance.now();
    await waiting;
    found.push(performance.now() - from);
  }
  return found;
}

interface Filled {
  readonly bridge: Bridge;
  /** The message ten before the newest. */
  readonly sinceId: string;
}

/** A store with so many messages in one channel. */
async function filled(stage: Stage, messages: number): Promise<Filled> {
  const home = await stage.folder(`messages-${messages}`);
  const bridge = await openIn(stage, home);
  const sqlite = new Sqlite(join(home, 'bridge.db'));
  const insert = sqlite.prepare(
    "INSERT INTO channel_messages (id, channel, sender, bytes, content, created_at, stored_at) VALUES (?, ?, 'alice', 19, 'The build is green.', ?, ?)",
  );
  const time = new Date().toISOString();
  sqlite.transaction(() => {
    for (let n = 0; n < messages; n++) insert.run(`m${n}`, CHANNEL, time, time);
  })();
  sqlite.close();
  return { bridge, sinceId: `m${messages - 11}` };
}

async function readSince({ bridge, sinceId }: Filled): Promise<void> {
  const part = await readChannel(bridge, { channel: CHANNEL, sinceId, limit: 20, maxBytes: 14_000 });
  if (!part.ok || part.value.messages.length !== 10) throw new Error('the read found something else');
}
