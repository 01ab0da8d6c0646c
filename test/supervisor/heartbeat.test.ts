import { once } from 'node:events';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test as base, describe, expect } from 'vitest';
import { currentLease, takeLease } from '../../src/bridge/lease.ts';
import { loadConfig } from '../../src/config.ts';
import { asLeaseToken } from '../../src/project/ids.ts';
import { Heartbeat } from '../../src/supervisor/upkeep/heartbeat.ts';
import { eventually } from '../eventually.ts';
import { createRig, type Rig as Home } from '../rig.ts';

const TOKEN = asLeaseToken('token');
const INTERVAL = 300_000;

interface Rig extends Home {
  readonly file: string;
  /** An address of a server that notes what it is asked. */
  readonly url: string;
  readonly requests: IncomingMessage[];
  /** How the server answers. */
  answer: (response: ServerResponse) => void;
  readonly logged: string[];
  degradedReason: string | null;
  heartbeat(config: { heartbeat_file?: string; heartbeat_url?: string }): Heartbeat;
  /** What the file says; nothing when it is not there. */
  sign(): Promise<unknown>;
}

const test = base.extend<{ rig: Rig }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  rig: async ({}, use) => {
    await using home = await createRig();
    const { bridge, clock } = home;
    await takeLease(bridge, { token: TOKEN, pid: 1, pidStartedAt: '1', version: '0' }, () => false);
    const server = createServer((request, response) => {
      rig.requests.push(request);
      rig.answer(response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const write = (event: string, fields: object = {}, message = '') =>
      rig.logged.push(`${event} ${JSON.stringify(fields)} ${message}`.trim());
    const log = { error: write, warn: write, info: write, debug: write, child: () => log };
    const beating: Heartbeat[] = [];
    const rig: Rig = {
      ...home,
      file: join(home.workspace, 'beat'),
      url: `http://127.0.0.1:${port}/ping/5f3a?key=s3cret`,
      requests: [],
      answer: (response) => response.end('OK'),
      logged: [],
      degradedReason: null,
      heartbeat(config) {
        const heartbeat = new Heartbeat({
          ...{
            bridge,
            clock,
            log,
            lease: { bridge, token: TOKEN },
            selfCommand: [],
            env: {},
            degradedReason: () => rig.degradedReason,
          },
          config: { ...loadConfig(home.home, {}), ...config },
          stopping: new AbortController().signal,
        });
        beating.push(heartbeat);
        return heartbeat;
      },
      sign: async () => {
        const text = await readFile(rig.file, 'utf8').catch(() => undefined);
        return text === undefined ? undefined : JSON.parse(text);
      },
    };
    await use(rig);
    for (const heartbeat of beating) await heartbeat.close();
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  },
});

describe('heartbeat', () => {
  test('a heartbeat is sent at the start and then on schedule', async ({ rig }) => {
    const heartbeat = rig.heartbeat({ heartbeat_file: rig.file, heartbeat_url: rig.url });
    const { clock } = rig;
    const start = clock.now();
    const given = (count: number, at: Date) =>
      eventually(async () => {
        expect(await rig.sign()).toEqual({ at: at.toISOString(), pid: process.pid, version: '0.0.0-test' });
        expect(rig.requests.length).toBe(count);
        // A look around finds the former one over.
        heartbeat.tick();
      });
    expect(heartbeat.wakeAt).toEqual(start);
    heartbeat.tick();
    heartbeat.tick();
    await given(1, start);
    expect(heartbeat.wakeAt).toEqual(new Date(start.getTime() + INTERVAL));

    clock.advance(INTERVAL - 1);
    heartbeat.tick();
    expect(heartbeat.wakeAt).toEqual(new Date(start.getTime() + INTERVAL));
    const later = new Date(clock.advance(1));
    heartbeat.tick();
    await given(2, later);
    expect(rig.logged).toEqual([]);
  });

  test('a heartbeat to an address is a GET that says who asks, and no more', async ({ rig }) => {
    rig.heartbeat({ heartbeat_url: rig.url }).tick();
    await eventually(() => expect(rig.requests.length).toBe(1));
    const [request] = rig.requests;
    expect(request).toMatchObject({ method: 'GET', url: '/ping/5f3a?key=s3cret' });
    expect(request?.headers['user-agent']).toBe('bridge-supervisor/0.0.0-test');
    expect(request?.headers['content-length']).toBeUndefined();
  });

  test('a heartbeat needs the lease renewed: who sends it can claim work', async ({ rig }) => {
    rig.clock.advance(10_000);
    rig.heartbeat({ heartbeat_file: rig.file }).tick();
    await eventually(async () => expect(await rig.sign()).toBeDefined());
    expect((await currentLease(rig.bridge))?.renewedAt).toBe(rig.clock.now().toISOString());
  });

  test('a heartbeat that nobody asked for is not sent, and nothing is to be done', ({ rig }) => {
    const heartbeat = rig.heartbeat({});
    heartbeat.tick();
    expect(heartbeat.wakeAt).toBeUndefined();
  });
});

describe('heartbeat of an unhealthy supervisor', () => {
  test('a supervisor that cannot write its log sends no heartbeat until soon after it can', async ({
    rig,
  }) => {
    rig.degradedReason = 'loop.log cannot be written';
    const heartbeat = rig.heartbeat({ heartbeat_file: rig.file, heartbeat_url: rig.url });
    heartbeat.tick();
    await eventually(() => expect(heartbeat.wakeAt).toEqual(new Date(rig.clock.now().getTime() + 30_000)));
    expect(await rig.sign()).toBeUndefined();
    expect(rig.requests).toEqual([]);

    rig.degradedReason = null;
    rig.clock.advance(30_000);
    await eventually(async () => {
      heartbeat.tick();
      expect(await rig.sign()).toBeDefined();
      expect(rig.requests.length).toBe(1);
    });
  });

  test('a supervisor that was replaced sends no heartbeat', async ({ rig }) => {
    await takeLease(
      rig.bridge,
      { token: asLeaseToken('other'), pid: 2, pidStartedAt: '2', version: '0' },
      () => true,
    );
    const heartbeat = rig.heartbeat({ heartbeat_file: rig.file, heartbeat_url: rig.url });
    heartbeat.tick();
    await eventually(() => expect(heartbeat.wakeAt).toEqual(new Date(rig.clock.now().getTime() + 30_000)));
    expect(await rig.sign()).toBeUndefined();
    expect(rig.requests).toEqual([]);
  });
});

describe('failing heartbeat', () => {
  /** Beats so many times, one interval apart. */
  async function beats(rig: Rig, heartbeat: Heartbeat, times: number): Promise<void> {
    for (const _ of Array(times)) {
      const before = rig.requests.length;
      await eventually(() => {
        heartbeat.tick();
        expect(rig.requests.length).toBe(before + 1);
      });
      rig.clock.advance(INTERVAL);
    }
  }

  test('a failing heartbeat is reported once, without what is secret in the address, and again when it works', async ({
    rig,
  }) => {
    rig.answer = (response) => response.writeHead(503).end();
    const heartbeat = rig.heartbeat({ heartbeat_url: rig.url });
    await beats(rig, heartbeat, 3);
    const { host } = new URL(rig.url);
    const failed = `heartbeat.failed {"url":"${host}"} the answer was 503; the next beat is sent on schedule`;
    await eventually(() => expect(rig.logged).toEqual([failed]));
    rig.answer = (response) => response.end('OK');
    await beats(rig, heartbeat, 2);
    const restored = `heartbeat.restored {"url":"${host}"}`;
    await eventually(() => expect(rig.logged).toEqual([failed, restored]));
  });

  test('a heartbeat follows no redirect', async ({ rig }) => {
    rig.answer = (response) => response.writeHead(302, { location: '/elsewhere' }).end();
    await beats(rig, rig.heartbeat({ heartbeat_url: rig.url }), 1);
    await eventually(() => expect(rig.logged).toEqual([expect.stringContaining('the answer was 302')]));
    expect(rig.requests.length).toBe(1);
  });

  test('a heartbeat over a broken connection fails', async ({ rig }) => {
    const { port } = new URL(rig.url);
    rig.answer = (response) => response.socket?.destroy();
    await beats(rig, rig.heartbeat({ heartbeat_url: rig.url }), 1);
    await eventually(() => expect(rig.logged.length).toBe(1));
    expect(rig.logged[0]).toMatch(`heartbeat.failed {"url":"127.0.0.1:${port}"} UND_ERR_SOCKET;`);
  });

  test('a heartbeat without an answer within ten seconds fails', async ({ rig }) => {
    rig.answer = () => undefined;
    await beats(rig, rig.heartbeat({ heartbeat_url: rig.url }), 1);
    await eventually(() => expect(rig.logged.length).toBe(1));
    expect(rig.logged[0]).toContain('no answer within 10 s');
  });

  test('a heartbeat without the folder of its file still reaches its address', async ({ rig }) => {
    const missing = join(rig.workspace, 'missing', 'beat');
    const heartbeat = rig.heartbeat({ heartbeat_file: missing, heartbeat_url: rig.url });
    await beats(rig, heartbeat, 2);
    expect(rig.logged).toEqual([expect.stringMatching(/^heartbeat\.failed {"file":".*missing.*"} ENOENT/)]);
    await mkdir(join(rig.workspace, 'missing'));
    await beats(rig, heartbeat, 1);
    await eventually(() => expect(rig.logged.at(-1)).toContain('heartbeat.restored'));
    expect(await readdir(join(rig.workspace, 'missing'))).toEqual(['beat']);
  });

  test('a failing heartbeat does not delay a stop', async ({ rig }) => {
    rig.answer = () => undefined;
    const heartbeat = rig.heartbeat({ heartbeat_url: rig.url });
    heartbeat.tick();
    await eventually(() => expect(rig.requests.length).toBe(1));
    await heartbeat.close();
    expect(rig.logged).toEqual([]);
  });
});
