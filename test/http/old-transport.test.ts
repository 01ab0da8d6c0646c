/** The transport of MCP before Streamable HTTP, with the client that people have for it. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addCredential, revokeCredential } from '../../src/bridge/credentials.ts';
import { systemClock } from '../../src/clock.ts';
import { accepted } from '../bridge/steps.ts';
import { eventually } from '../eventually.ts';
import { createRig, type Rig } from '../rig.ts';
import { toolCall } from './mcp-client.ts';
import { type Serving, serve } from './server.ts';
import { follow } from './stream-client.ts';

let rig: Rig;
let api: Serving;
beforeEach(async () => {
  rig = await createRig({ storeClock: systemClock });
  api = await serve(rig, { clock: systemClock, config: { channels: { legacy_sse: true } } });
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
});

async function connect(token: string) {
  const transport = new SSEClientTransport(new URL(`http://127.0.0.1:${api.port}/sse`), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  const client = new Client({ name: 'old', version: '1' });
  await client.connect(transport as Parameters<Client['connect']>[0]);
  const call = async (name: string, args: Record<string, unknown> = {}) =>
    (await client.callTool({ name, arguments: args })) as unknown as {
      readonly structuredContent?: Record<string, unknown>;
      readonly content: readonly { readonly text: string }[];
    };
  return { client, call, [Symbol.asyncDispose]: () => client.close() };
}

/** A stream, and where its messages are sent. */
async function opened(token: string) {
  const stream = await follow(api, token, '/sse');
  await eventually(() => expect(stream.text()).toContain('event: endpoint'), 10);
  return { stream, path: /data: (\S+)/.exec(stream.text())?.[1] ?? '' };
}

const PING = { jsonrpc: '2.0', id: 7, method: 'ping' };

test('a client of the old transport lists the tools of channels and calls them, several at a time', async () => {
  await using old = await connect(api.tokens.admin);
  const names = (await old.client.listTools()).tools.map(({ name }) => name);
  expect(names).toContain('bridge_send');
  const first = await old.call('bridge_send', { channel: 'a', sender: 'old', content: 'zero' });
  const place = { channel: 'a', since_id: first.structuredContent?.id };
  const waiting = old.call('bridge_wait', { ...place, timeout_seconds: 20 });
  await old.call('bridge_send', { channel: 'a', sender: 'old', content: 'é 1\n\nevent: message' });
  expect(JSON.stringify(await waiting)).toContain('é 1');
  expect(rig.rowsOf('channel_messages')).toHaveLength(2);
});

test('a message over the old transport needs a token, and the stream that this token opened', async () => {
  const { stream, path } = await opened(api.tokens.admin);
  using _ = stream;
  const other = accepted(await addCredential(rig.bridge, 'other', 'admin', undefined, 'person')).token;
  const post = async (at: string, sent: object) =>
    (await api.call(`POST ${at}`, { body: PING, ...sent })).status;
  expect(await post(path, {})).toBe(401);
  expect(await post(path, { token: api.tokens.decide })).toBe(403);
  expect(await post(path, { token: other })).toBe(404);
  expect(await post('/messages/?session_id=none', { token: api.tokens.admin })).toBe(404);
  expect(await post('/messages/', { token: api.tokens.admin })).toBe(404);
  expect(await post(path, { token: api.tokens.admin, headers: { host: 'evil.example' } })).not.toBe(202);
  expect(await post(path, { token: api.tokens.admin, headers: { origin: 'http://evil.example' } })).toBe(403);
  expect(stream.text()).not.toContain('"id":7');
  expect(await post(path, { token: api.tokens.admin })).toBe(202);
  await eventually(() => expect(stream.text()).toContain('"id":7'), 10);
  for (const token of [undefined, api.tokens.read])
    expect([401, 403]).toContain((await api.call('GET /sse', token === undefined ? {} : { token })).status);
});

test('a message that is nonsense is answered with an error on the stream, which goes on', async () => {
  const { stream, path } = await opened(api.tokens.admin);
  using _ = stream;
  for (const body of [{}, { jsonrpc: '1.0', id: 8, method: 3 }])
    await api.call(`POST ${path}`, { token: api.tokens.admin, body });
  await eventually(() => expect(stream.text()).toContain('"error"'), 10);
  await api.call(`POST ${path}`, { token: api.tokens.admin, body: PING });
  await eventually(() => expect(stream.text()).toContain('"id":7'), 10);
});

test('a stream of the old transport ends when its token is revoked, and takes nothing more', async () => {
  const { token } = accepted(await addCredential(rig.bridge, 'phone', 'admin', undefined, 'person'));
  const { stream, path } = await opened(token);
  using _ = stream;
  await api.call(`POST ${path}`, {
    token,
    body: toolCall('bridge_wait', { channel: 'a', consumer_id: 'me', timeout_seconds: 20 }),
  });
  await revokeCredential(rig.bridge, 'phone', 'person');
  await stream.closed;
  expect(stream.text()).toContain('event: bye\ndata: {"reason":"revoked"}');
  expect((await api.call(`POST ${path}`, { token, body: PING })).status).toBe(401);
});

test('a client of the old transport that cancels a wait is told the end of its other wait alone', async () => {
  const { stream, path } = await opened(api.tokens.admin);
  using _ = stream;
  const post = (body: object) => api.call(`POST ${path}`, { token: api.tokens.admin, body });
  await post(toolCall('bridge_wait', { channel: 'a', consumer_id: 'me', timeout_seconds: 20 }, 9));
  await post(toolCall('bridge_wait', { channel: 'a', consumer_id: 'me', timeout_seconds: 20 }, 11));
  await post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 9 } });
  await post(toolCall('bridge_send', { channel: 'a', sender: 'x', content: 'late' }, 10));
  // Both would be told in the same turn.
  for (const id of [10, 11]) await eventually(() => expect(stream.text()).toContain(`"id":${id}`), 10);
  expect(stream.text()).not.toContain('"id":9');
});

test('a client of the old transport has so many messages answered at a time, and so many streams', async () => {
  const { stream, path } = await opened(api.tokens.admin);
  using _ = stream;
  const wait = (id: number) =>
    toolCall('bridge_wait', { channel: 'a', consumer_id: 'me', timeout_seconds: 20 }, id);
  const statuses: number[] = [];
  for (let n = 0; n < 33; n += 1)
    statuses.push((await api.call(`POST ${path}`, { token: api.tokens.admin, body: wait(n) })).status);
  expect(statuses).toEqual([...Array.from({ length: 32 }, () => 202), 503]);
  const more = await Promise.all(Array.from({ length: 31 }, () => opened(api.tokens.admin)));
  expect((await api.call('GET /sse', { token: api.tokens.admin })).status).toBe(503);
  for (const one of more) one.stream[Symbol.dispose]();
});
