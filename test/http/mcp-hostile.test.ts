/** Messages that no well-meaning client sends to the tools over HTTP: each is answered, and none changes what it must not. */
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { changingNothing, everything } from '../bridge/steps.ts';
import { eventually } from '../eventually.ts';
import { createRig, type Rig } from '../rig.ts';
import { MODERN, say, toolCall } from './mcp-client.ts';
import { type Serving, serve } from './server.ts';

let rig: Rig;
let api: Serving;
beforeAll(async () => {
  rig = await createRig({ storeClock: systemClock });
  api = await serve(rig, { clock: systemClock });
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
});

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };
const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

describe('bodies', () => {
  test.each<[string, string, number]>([
    ['nothing', '', 400],
    ['no JSON', '{"jsonrpc":"2.0"', 400],
    ['a text', '"ping"', 422],
    ['null', 'null', 422],
    ['an empty batch', '[]', 422],
    ['a batch', JSON.stringify([PING, { ...PING, id: 2 }]), 422],
    ['no version', JSON.stringify({ id: 1, method: 'ping' }), 400],
    ['another version', JSON.stringify({ ...PING, jsonrpc: '1.0' }), 400],
    ['a method that is a number', JSON.stringify({ ...PING, method: 1 }), 400],
    ['params that are a list', JSON.stringify({ ...PING, params: [1] }), 400],
    ['a prototype', '{"__proto__":{"jsonrpc":"2.0","id":1,"method":"ping"}}', 400],
    ['depth', `{"jsonrpc":"2.0","id":1,"method":"ping","x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 200],
  ])('%s as the body is answered in time and changes nothing', async (_, body, status) => {
    const said = await changingNothing(rig.bridge, () => say(api, 'desktop', body));
    expect(said.status, said.text).toBe(status);
  });

  test('a body of 4 MiB is read, and a larger one is refused', async () => {
    const plan = (size: number) =>
      say(api, 'desktop', toolCall('bridge_send_plan', { plan_markdown: 'x'.repeat(size) }));
    const before = await everything(rig.bridge);
    expect((await plan(4_000_000)).message.result.content[0].text).toMatch(/^ERROR: .*larger than|^ERROR: /);
    expect((await plan(4_300_000)).status).toBe(413);
    expect(await everything(rig.bridge)).toEqual(before);
  });

  test('a client that goes away in the middle of its body leaves nothing behind', async () => {
    const socket = connect(api.port, '127.0.0.1');
    // Either side may be the first to close.
    socket.on('error', () => undefined);
    const head = [
      'POST /mcp/desktop HTTP/1.1',
      `Host: 127.0.0.1:${api.port}`,
      `Authorization: Bearer ${api.tokens.admin}`,
      'Content-Type: application/json',
      'Content-Length: 1000',
    ];
    const answered = () => api.log.filter((line) => line.includes('http.answered')).length;
    const before = answered();
    await changingNothing(rig.bridge, async () => {
      socket.write(
        `${head.join('\r\n')}\r\n\r\n${JSON.stringify(toolCall('bridge_send_plan')).slice(0, 30)}`,
      );
      await say(api, 'desktop', PING);
      socket.destroy();
      await eventually(() => expect(answered()).toBe(before + 2));
    });
  });
});

describe('ids', () => {
  test.each([
    1,
    0,
    -1,
    'a',
    '',
    '1',
    'x'.repeat(10_000),
    Number.MAX_SAFE_INTEGER,
  ])('the id %j comes back as it is', async (id) => {
    const { status, message } = await say(api, 'desktop', { ...PING, id });
    expect([status, message.id]).toEqual([200, id]);
  });

  test.each([null, 1.5, true, [1], { a: 1 }, 2 ** 60])('the id %j is refused', async (id) => {
    const said = await say(api, 'desktop', toolCall('bridge_pause_nothing', {}, id));
    expect(said.status, said.text).toBe(400);
    expect(said.message.error.code).toBe(-32600);
  });

  test('two calls with one id at once are answered each with its own', async () => {
    const list = ['bridge_list_projects', 'bridge_get_questions', 'bridge_get_approval_queue'];
    const answers = await Promise.all(list.map((name) => say(api, 'desktop', toolCall(name, {}, 'same'))));
    const facts = answers.map(({ message }) => Object.keys(message.result.structuredContent)[0]);
    expect(new Set(facts).size).toBe(3);
  });
});

describe('versions of the protocol', () => {
  const initialize = (protocolVersion: unknown) =>
    say(api, 'desktop', {
      ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
      params: { protocolVersion, capabilities: {}, clientInfo: { name: 'x', version: '1' } },
    });

  test.each([
    '2024-10-07',
    '2024-11-05',
    '2025-03-26',
    '2025-06-18',
    '2025-11-25',
  ])('a client of %s is served in its version', async (version) => {
    expect((await initialize(version)).message.result.protocolVersion).toBe(version);
    const headers = { 'mcp-protocol-version': version };
    const said = await say(api, 'desktop', { ...PING, method: 'tools/list' }, { headers });
    expect(said.message.result.tools.length).toBeGreaterThan(5);
  });

  test.each([
    '1999-01-01',
    '2099-01-01',
    'garbage',
    '',
    'x'.repeat(100_000),
    7,
    null,
    {},
  ])('a client that begins with the version %j is offered the newest that has a beginning', async (version) => {
    expect((await initialize(version)).message.result.protocolVersion).toBe('2025-11-25');
  });

  test.each([
    '1999-01-01',
    'garbage',
    MODERN,
  ])('a header of version %s that the message does not bear out is refused', async (version) => {
    const headers = { 'mcp-protocol-version': version };
    const said = await say(api, 'desktop', { ...PING, method: 'tools/list' }, { headers });
    expect(said.status, said.text).toBe(400);
    expect(said.message.error.code).toEqual(expect.any(Number));
  });

  test.each([
    ['another version in the header', { 'mcp-protocol-version': '2025-11-25' }, ENVELOPE],
    ['another method in the header', { 'mcp-method': 'tools/call' }, ENVELOPE],
    ['no capabilities', {}, { 'io.modelcontextprotocol/protocolVersion': MODERN }],
    ['a version to come', {}, { ...ENVELOPE, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' }],
  ])('a message of the newest revision with %s is refused', async (_, headers, meta) => {
    const sent = { 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/list', ...headers };
    const message = { ...PING, method: 'tools/list', params: { _meta: meta } };
    const said = await say(api, 'desktop', message, { headers: sent });
    expect(said.status, said.text).toBe(400);
  });

  test('there is nothing to subscribe to: a client that wants to is told so, and holds no connection', async () => {
    const headers = { 'mcp-protocol-version': MODERN, 'mcp-method': 'subscriptions/listen' };
    const message = {
      ...{ jsonrpc: '2.0', id: 1, method: 'subscriptions/listen' },
      params: { _meta: ENVELOPE, notifications: { toolsListChanged: true } },
    };
    const said = await say(api, 'desktop', message, { headers });
    expect(said.message.error).toMatchObject({ code: expect.any(Number) });
  });
});

describe('sessions', () => {
  test('the session of another server is passed over, and none is given', async () => {
    const headers = { 'mcp-session-id': '00000000-0000-0000-0000-000000000000', 'last-event-id': '7' };
    const said = await say(api, 'desktop', { ...PING, method: 'tools/list' }, { headers });
    expect(said.message.result.tools.length).toBeGreaterThan(5);
    expect(said.headers['mcp-session-id']).toBeUndefined();
  });

  test.each([
    'GET',
    'DELETE',
    'PUT',
    'HEAD',
    'OPTIONS',
  ])('%s is answered 405 with what is taken', async (method) => {
    const { status, headers } = await api.call(`${method} /mcp/desktop`, {
      token: api.tokens.admin,
      headers: { accept: 'text/event-stream' },
    });
    expect([status, headers.allow]).toEqual([405, 'POST']);
  });

  test('a notification, and an answer to nothing that was asked, are taken and not answered', async () => {
    for (const message of [
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
      { jsonrpc: '2.0', id: 9, result: {} },
    ]) {
      const said = await say(api, 'code', message);
      expect([said.status, said.text]).toEqual([202, '']);
    }
  });
});

test('what a client accepts counts: one that takes no events is told so, and one that says nothing takes all', async () => {
  const list = { ...PING, method: 'tools/list' };
  const accepting = (accept: string) => say(api, 'desktop', list, { headers: { accept } });
  expect((await accepting('application/json')).status).toBe(406);
  expect((await accepting('*/*')).status).toBe(200);
  expect((await say(api, 'desktop', list)).status).toBe(200);
});

test('every answer has the headers of every route, and none a name of the software', async () => {
  for (const message of [
    PING,
    { ...PING, method: 'tools/list' },
    { jsonrpc: '2.0', method: 'x' },
    { id: 1 },
  ]) {
    const { headers } = await say(api, 'desktop', message);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(headers.server ?? headers['x-powered-by']).toBeUndefined();
  }
});

test('two hundred calls at once are all answered, each with its own', async () => {
  const calls = Array.from({ length: 200 }, (_, id) =>
    say(
      api,
      id % 2 ? 'desktop' : 'code',
      toolCall(id % 2 ? 'bridge_list_projects' : 'bridge_get_pending_plan', {}, id),
    ),
  );
  const answers = await Promise.all(calls);
  expect(answers.map(({ message }) => message.id)).toEqual(Array.from({ length: 200 }, (_, id) => id));
  expect(answers.filter(({ message }) => message.result.isError)).toEqual([]);
});

test('two hundred waits whose clients go away leave no watch and no call behind', async () => {
  const answered = () => api.log.filter((line) => line.includes('http.answered')).length;
  const before = answered();
  const body = JSON.stringify(toolCall('bridge_wait', { seconds: 25 }));
  const asked = Array.from({ length: 200 }, () => {
    const one = request({
      ...{ host: '127.0.0.1', port: api.port, method: 'POST', path: '/mcp/desktop' },
      headers: { authorization: `Bearer ${api.tokens.admin}`, 'content-type': 'application/json' },
    });
    one.on('error', () => undefined);
    one.end(body);
    const begun = new Promise((resolve) => one.once('response', resolve));
    return { one, begun };
  });
  await Promise.all(asked.map(({ begun }) => begun));
  for (const { one } of asked) one.destroy();
  await eventually(() => expect(answered()).toBe(before + 200));
  expect((await say(api, 'desktop', PING)).status).toBe(200);
});

test('no secret and no word of a client is in the log', async () => {
  const word = 'quokka';
  for (const body of [
    toolCall('bridge_send_plan', { plan_markdown: `# ${word}` }),
    toolCall(word),
    { ...PING, method: word },
    { jsonrpc: '2.0', id: word, result: { word } },
    `{"${word}"`,
  ])
    await say(api, 'desktop', body, { headers: { 'mcp-session-id': word } });
  const log = api.log.join('\n');
  expect(log).not.toContain(word);
  expect(log).not.toContain(api.tokens.admin);
});
