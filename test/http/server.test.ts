/** The server as part of a supervisor: a port that is taken, an end in the midst of work, and what is never opened. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { configOfText } from '../../src/config.ts';
import { HttpServer } from '../../src/http/server.ts';
import { TOKEN } from '../bridge/steps.ts';
import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';
import { createRig } from '../rig.ts';
import { sendNotice, serve } from './server.ts';

/** No run is followed here. */
async function* nothing() {}

test('a port in use is said once, tried again every 30 seconds, and served when it is free', async () => {
  await using rig = await createRig();
  const port = await freePort();
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  const log: string[] = [];
  const write = (event: string) => void log.push(event);
  const logger = { error: write, warn: write, info: write, debug: write, child: () => logger };
  const config = configOfText(JSON.stringify({ http: { enabled: true, port } }), 'config.json', {});
  const server = new HttpServer({
    config,
    env: {},
    clock: rig.clock,
    log: logger,
    followOutput: nothing,
    sendNotice,
  });
  server.start({
    bridge: rig.bridge,
    lease: { token: TOKEN },
    wake: () => undefined,
    trouble: async () => null,
  });

  await rig.clock.slept(30_000);
  expect(server.trouble()).toBe(
    `the HTTP API cannot listen on port ${port} of 127.0.0.1 (it is in use): it is tried again every 30 s. Free the port, set http.enabled to false, or set another as http.port`,
  );
  rig.clock.advance(30_000);
  await rig.clock.slept(30_000);
  other.close();
  await once(other, 'close');
  rig.clock.advance(30_000);
  await eventually(() => expect(server.trouble()).toBeNull(), 5);
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  expect(log.filter((event) => event !== 'http.answered')).toEqual(['http.not_listening', 'http.listening']);
  await server.close();
});

test('a server that cannot listen ends at once when it is told to', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const { http } = configOfText(JSON.stringify({ http: { port: api.port } }), 'config.json', {});
  const config = { ...configOfText('{}', 'config.json', {}), http };
  const silent = () => undefined;
  const log = { error: silent, warn: silent, info: silent, debug: silent, child: () => log };
  const second = new HttpServer({
    config,
    env: {},
    clock: rig.clock,
    log,
    followOutput: nothing,
    sendNotice,
  });
  second.start({
    ...{ bridge: rig.bridge, lease: { token: TOKEN } },
    wake: silent,
    trouble: async () => null,
  });
  await rig.clock.slept(30_000);
  await second.close();
  expect((await api.call('GET /health')).status).toBe(200);
});

test('a server that ends waits for no client that is silent or in the middle of a request', async () => {
  await using rig = await createRig();
  await using api = await serve(rig);
  const silent = connect(api.port, '127.0.0.1');
  const halfway = connect(api.port, '127.0.0.1');
  await Promise.all([once(silent, 'connect'), once(halfway, 'connect')]);
  halfway.write(
    `POST /projects/0123456789ab/reject HTTP/1.1\r\nHost: 127.0.0.1:${api.port}\r\nAuthorization: Bearer ${api.tokens.admin}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
  );
  await api.call('GET /health');
  const ended = Promise.all([once(silent, 'close'), once(halfway, 'close')]);
  const closing = api.server.close();
  await rig.clock.slept(2_000);
  rig.clock.advance(2_000);
  await closing;
  await ended;
});

test.each([
  [{ port: 0 }, "'http.port' must be at least 1"],
  [{ port: '7823' }, "'http.port' must be a number"],
  [{ listen: 'localhost' }, "'http.listen' must be an IP address such as '127.0.0.1'"],
  [{ listen: '0.0.0.0' }, "unless 'tls' names a certificate or 'insecure_lan' is true"],
  [{ hosts: ['http://box'] }, "'http.hosts.0' must be a host as in a URL"],
  [{ hosts: ['*'] }, "'http.hosts.0' must be a host as in a URL"],
  [
    { public_url: 'https://box.example/bridge' },
    "'http.public_url' must be an http or https address of a host",
  ],
  [
    { public_url: 'https://me:pw@box.example' },
    "'http.public_url' must be an http or https address of a host",
  ],
  [{ enabled: 'yes' }, "'http.enabled' must be true or false"],
  [{ portt: 1 }, "'http' has an unknown key 'portt'; allowed keys: enabled, port, listen, hosts,"],
  [true, "'http' must be an object"],
])('the setting http: %j is refused with the key and what is allowed', (http, words) => {
  expect(() => configOfText(JSON.stringify({ http }), 'config.json', {})).toThrow(words);
});

test('an address of the network is listened on only by a person who says so', () => {
  const read = (http: object) => configOfText(JSON.stringify({ http }), 'config.json', {}).http;
  expect(read({ listen: '0.0.0.0', insecure_lan: true })).toMatchObject({ listen: '0.0.0.0' });
  expect(read({ listen: '127.0.0.2' })).toMatchObject({ insecure_lan: false });
  expect(read({ listen: '::1' })).toMatchObject({ enabled: true, port: 7823 });
});

test('a client beyond the most that may be connected is cut off, and let in once another has gone', async () => {
  await using rig = await createRig();
  await using api = await serve(rig, { maxConnections: 2 });
  const silent = [connect(api.port, '127.0.0.1'), connect(api.port, '127.0.0.1')];
  await Promise.all(silent.map((socket) => once(socket, 'connect')));
  const beyond = connect(api.port, '127.0.0.1');
  beyond.on('error', () => undefined);
  await new Promise((resolve) => beyond.once('close', resolve));
  silent[0]?.destroy();
  await eventually(async () => expect((await api.call('GET /health')).status).toBe(200), 5);
  silent[1]?.destroy();
});
