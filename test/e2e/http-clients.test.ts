/** Clients of the API while their supervisor ends, and comes back with another store. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { pause } from '../../src/bridge/holds.ts';
import { freePort } from '../free-port.ts';
import { follow } from '../http/stream-client.ts';
import { type Rig, test, waitUntil } from './rig.ts';

/** The API of a supervisor yet to be started, and what issues a token of it. */
async function turnOn(rig: Rig) {
  const port = await freePort();
  await rig.configure({ http: { enabled: true, port } });
  const token = async (name: string) =>
    (await rig.command('token', 'add', name, '--role', 'admin')).stdout.trim();
  return { port, token };
}

const listening = (rig: Rig, times: number) =>
  waitUntil(
    async () => (await rig.log()).split('http.listening').length > times,
    `the API to be there for the ${times}. time`,
  );

describe('clients of the HTTP API', () => {
  test('a supervisor that is told to stop says good-bye to 50 streams, and waits for none of 20 half-sent bodies', async ({
    rig,
  }) => {
    const { port, token } = await turnOn(rig);
    const tokens = [await token('one'), await token('two')];
    const supervisor = await rig.startSupervisor();
    await listening(rig, 1);
    const streams = await Promise.all(
      Array.from({ length: 50 }, (_, number) => follow({ port }, tokens[number % 2] ?? '')),
    );
    await waitUntil(async () => streams.every(({ frames }) => frames.length === 1), 'every stream to begin');
    const halves = Array.from({ length: 20 }, () => connect(port, '127.0.0.1'));
    for (const half of halves) {
      half.on('error', () => undefined);
      half.write(
        `POST /projects HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${tokens[0]}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"markdown"`,
      );
    }
    await Promise.all(halves.map((half) => half.pending && once(half, 'connect')));
    // Unlike once(), it does not fail where the end is a reset.
    const closed = Promise.all(halves.map((half) => new Promise((resolve) => half.once('close', resolve))));
    const began = performance.now();
    expect(await supervisor.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(10_000);
    await Promise.all(streams.map((stream) => stream.closed));
    for (const { frames } of streams)
      expect(frames.at(-1)).toEqual({ event: 'bye', data: { reason: 'stopping' } });
    await closed;
  });

  test('a client that knows what a restored backup does not is told to fetch everything again, once it has been overtaken too', async ({
    rig,
  }) => {
    const { port, token } = await turnOn(rig);
    const reader = await token('reader');
    const before = await rig.startSupervisor();
    await listening(rig, 1);
    using client = await follow({ port }, reader, '/events?after=0');
    const copy = join(rig.root, 'copy.db');
    expect((await rig.command('backup', copy)).code).toBe(0);
    for (let n = 0; n < 5; n += 1) await pause(rig.bridge, `lost ${n}`, 'person');
    await waitUntil(async () => JSON.stringify(client.rows).includes('lost 4'), 'the client to have all');
    const known = String(client.ids.at(-1));
    await before.end('SIGTERM');
    expect((await rig.command('restore', copy)).code).toBe(0);
    // The rig itself has the store before open.
    const after = rig.launch(['run', '--quiet']);
    await listening(rig, 2);
    for (const name of ['pause', 'resume', 'pause', 'resume', 'pause'])
      expect((await rig.command(name)).code).toBe(0);
    using again = await follow({ port }, reader, '/events', known);
    await waitUntil(async () => again.frames.length === 2, 'the client to be answered');
    expect(again.frames.map(({ event, data }) => [event, data.reason])).toEqual([
      ['hello', undefined],
      ['reset', 'ahead'],
    ]);
    expect(Number(again.frames[0]?.data.cursor)).toBeGreaterThan(Number(known));
    expect((await after.end('SIGTERM')).code).toBe(0);
  });
});
