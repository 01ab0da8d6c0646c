/** A monitor outside learns that the supervisor is well, and by its silence that it is not. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { pause } from '../../src/bridge/holds.ts';
import { test as base } from '../faults/rig.ts';
import { waitUntil } from './rig.ts';

interface Monitor {
  readonly url: string;
  /** What it was asked. */
  readonly beats: string[];
  answer: (response: ServerResponse) => void;
}

const test = base.extend<{ monitor: Monitor }>({
  monitor: async ({ rig }, use) => {
    const server = createServer((request, response) => {
      monitor.beats.push(`${request.method} ${request.url} ${request.headers['user-agent']}`);
      monitor.answer(response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const monitor: Monitor = {
      url: `http://127.0.0.1:${port}/5f3a-secret`,
      beats: [],
      answer: (response) => response.end('OK'),
    };
    await rig.configure({ heartbeat_url: monitor.url });
    await use(monitor);
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  },
});

test('a heartbeat is sent at every start, even while the queue is held', async ({ rig, monitor }) => {
  const file = join(rig.root, 'beat');
  await rig.configure({ heartbeat_file: file });
  await pause(rig.bridge, 'not now', 'person');
  for (const times of [1, 2]) {
    const supervisor = await rig.startSupervisor();
    await waitUntil(async () => monitor.beats.length === times, 'the monitor to be asked');
    await waitUntil(
      async () => (await readFile(file, 'utf8').catch(() => '')).includes(`"pid":${supervisor.pid},`),
      'the file to be written',
    );
    await supervisor.end('SIGTERM');
  }
  expect(monitor.beats[0]).toMatch(/^GET \/5f3a-secret bridge-supervisor\/\d+\.\d+\.\d+$/);
  const sign = JSON.parse(await readFile(file, 'utf8'));
  expect(sign).toEqual({
    at: expect.stringMatching(/^\d{4}-.*Z$/),
    pid: expect.any(Number),
    version: expect.any(String),
  });
  expect(await rig.log()).not.toContain('heartbeat');
});

test('a monitor that never answers delays neither the work nor the stop', async ({ rig, monitor }) => {
  monitor.answer = () => undefined;
  const supervisor = await rig.startSupervisor();
  await waitUntil(async () => monitor.beats.length === 1, 'the monitor to be asked');
  await rig.until(await rig.send('# Unmoved\nDo it.'), 'awaiting_approval');
  expect(await supervisor.end('SIGTERM')).toEqual({ code: 0, signal: null });
});

test('a monitor that refuses is named in the log, without what is secret in its address', async ({
  rig,
  monitor,
}) => {
  monitor.answer = (response) => response.writeHead(404).end();
  await rig.startSupervisor();
  await rig.logged('heartbeat.failed');
  const log = await rig.log();
  expect(log).toMatch(/ WARN {2}heartbeat\.failed url=127\.0\.0\.1:\d+ "the answer was 404; .*"/);
  expect(log).not.toContain('5f3a');
});
