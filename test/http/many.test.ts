/** More clients than well-meaning ones would be, and what stays of them: nothing. */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { pause } from '../../src/bridge/holds.ts';
import { systemClock } from '../../src/clock.ts';
import { eventually } from '../eventually.ts';
import { onLinux } from '../platform.ts';
import { readTokens } from '../read-tokens.ts';
import { createRig } from '../rig.ts';
import { type Serving, serve } from './server.ts';

const withRealTime = () => createRig({ storeClock: systemClock });

/** A connection, and all that came over it. */
interface Open {
  readonly socket: Socket;
  text(): string;
}

async function open({ port }: Serving, bytes = ''): Promise<Open> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  let text = '';
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(bytes);
  return { socket, text: () => text };
}

const get = ({ port }: Serving, path: string, token: string) =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`;

async function closeAll(all: readonly Open[]): Promise<void> {
  const closed = all.map(({ socket }) => (socket.closed ? undefined : once(socket, 'close')));
  for (const { socket } of all) socket.destroy();
  await Promise.all(closed);
}

test('a thousand streams are served at once, a hundred more are refused, and all else is answered', async () => {
  await using rig = await withRealTime();
  await using api = await serve(rig);
  const tokens = await readTokens(rig.bridge, 40);
  const streams = await Promise.all(
    Array.from({ length: 1_100 }, (_, number) =>
      open(api, get(api, '/events', tokens[number % tokens.length] ?? '')),
    ),
  );
  const having = (words: string) => streams.filter(({ text }) => text().includes(words));
  await eventually(() => {
    expect(having('event: hello')).toHaveLength(1_000);
    expect(having('"code":"too-many-streams"')).toHaveLength(100);
  }, 20);
  expect((await api.call('GET /projects', { token: api.tokens.read })).status).toBe(200);
  await pause(rig.bridge, 'for all of them', 'person');
  await eventually(() => expect(having('for all of them')).toHaveLength(1_000), 20);
  await closeAll(streams);
  await eventually(async () => {
    const next = await open(api, get(api, '/events', api.tokens.read));
    await eventually(() => expect(next.text()).not.toBe(''), 5);
    const told = next.text();
    await closeAll([next]);
    expect(told).toContain('event: hello');
  }, 10);
});

test('a thousand connections that say nothing hold nobody up, and are ended in time', async () => {
  await using rig = await createRig();
  await using api = await serve(rig, { timeouts: { headersMs: 1_000, requestMs: 2_000 } });
  const silent: Open[] = [];
  // More at a time than the kernel keeps for the server are lost on the way, and neither end sees it.
  while (silent.length < 1_100)
    silent.push(...(await Promise.all(Array.from({ length: 100 }, () => open(api)))));
  const ended = Promise.all(silent.map(({ socket }) => socket.closed || once(socket, 'close')));
  expect((await api.call('GET /health')).status).toBe(200);
  await ended;
  expect(silent[0]?.text()).toMatch(/^HTTP\/1\.1 408 /);
});

test('a client that asks ten thousand times and takes no answer holds nobody up, and is not answered to no end', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const { socket } = await open(api);
  socket.pause();
  const asked = get(api, '/openapi.json', api.tokens.read).repeat(100);
  for (let times = 0; times < 100; times += 1) socket.write(asked);
  await eventually(() => expect(answeredIn(api)).toBeGreaterThan(1), 10);
  expect((await api.call('GET /health')).status).toBe(200);
  // What has no room on the way to it waits in its own requests.
  await eventually(async () => {
    const before = answeredIn(api);
    await api.call('GET /health');
    await api.call('GET /health');
    expect(answeredIn(api)).toBe(before);
  }, 10);
  expect(answeredIn(api)).toBeLessThan(1_000);
  await closeAll([{ socket, text: () => '' }]);
});

const answeredIn = ({ log }: Serving) => log.filter((line) => line.includes('/openapi.json')).length;

test.skipIf(!onLinux)(
  'a thousand streams that were opened and closed leave no connection, file or memory behind (/proc)',
  async () => {
    await using rig = await withRealTime();
    await using api = await serve(rig);
    const follow = async () => {
      const one = await open(api, get(api, '/events', api.tokens.read));
      await eventually(() => expect(one.text()).toContain('event: hello'), 10);
      await closeAll([one]);
    };
    const openFiles = () => readdirSync('/proc/self/fd').length;
    for (let times = 0; times < 100; times += 1) await follow();
    const before = { files: openFiles(), bytes: usedBytes() };
    for (let times = 0; times < 1_000; times += 1) await follow();
    await eventually(() => expect(openFiles()).toBeLessThanOrEqual(before.files + 2), 10);
    // A stream that is kept takes some 10 kB.
    expect(usedBytes() - before.bytes).toBeLessThan(3_000_000);
  },
);

/** What is alive on the heap of this process. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
