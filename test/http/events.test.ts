/** The history as it happens: each id once and in order, wherever a client begins, and no longer than its token lasts. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { Bridge } from '../../src/bridge/bridge.ts';
import { addCredential, revokeCredential, rotateCredential } from '../../src/bridge/credentials.ts';
import { pause } from '../../src/bridge/holds.ts';
import { systemClock } from '../../src/clock.ts';
import { accepted } from '../bridge/steps.ts';
import { eventually } from '../eventually.ts';
import { createRig, type Rig } from '../rig.ts';
import { answerOf, serve } from './server.ts';
import { type Client, follow } from './stream-client.ts';

/** The store has real time, so that its watch works; the beats of the streams have the time of the test. */
const withRealTime = () => createRig({ storeClock: systemClock });

async function write(bridge: Bridge, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await pause(bridge, `pause ${n}`, 'person');
}

/** What a stream says first, besides. */
const HELLO = {
  epoch: expect.stringMatching(/^[0-9a-f]{16}$/),
  oldest: '0',
  version: expect.any(String),
  build: expect.stringMatching(/^[0-9a-f]{12}$/),
  channels: null,
};

const newest = (rig: Rig) => rig.rowsOf('events').at(-1)?.id ?? 0;
const idsOf = (rig: Rig, after = 0) =>
  rig
    .rowsOf('events')
    .map(({ id }) => id)
    .filter((id) => id > after);

const has = (client: Client, ids: readonly number[]) => eventually(() => expect(client.ids).toEqual(ids), 10);

test('a stream tells what happens from now on, in this process and in another, each id once and in order', async () => {
  await using rig = await withRealTime();
  await using api = await serve(rig);
  const other = await rig.connect();
  await write(rig.bridge, 3);
  const start = newest(rig);
  using client = await follow(api, api.tokens.read);
  await Promise.all([write(rig.bridge, 20), write(other, 20)]);
  await has(client, idsOf(rig, start));
  expect(client.ids).toHaveLength(40);
  expect(client.response.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
  });
  expect(client.frames).toEqual([
    { event: 'hello', data: { cursor: String(start), ...HELLO, role: 'read' } },
  ]);
});

test('a stream goes on where its client was cut off, from the beginning too, beyond what is kept at hand', async () => {
  await using rig = await withRealTime();
  await using api = await serve(rig);
  using first = await follow(api, api.tokens.read);
  await write(rig.bridge, 1_300);
  const all = idsOf(rig);
  using whole = await follow(api, api.tokens.read, '/events?after=0');
  using resumed = await follow(api, api.tokens.read, '/events?after=0', String(all[700]));
  await write(rig.bridge, 5);
  await has(whole, idsOf(rig));
  await has(resumed, idsOf(rig, all[700]));
  await eventually(() => expect(first.ids).toHaveLength(1_305), 10);
});

test('a stream whose client knows what has not happened here is told to fetch everything again', async () => {
  await using rig = await withRealTime();
  await using api = await serve(rig);
  using client = await follow(api, api.tokens.read, '/events', '999999');
  const start = newest(rig);
  await write(rig.bridge, 1);
  await has(client, idsOf(rig, start));
  expect(client.frames.map(({ event, data }) => [event, data.reason])).toEqual([
    ['hello', undefined],
    ['reset', 'ahead'],
  ]);
  const wrong = await api.call('GET /events', { token: api.tokens.read, headers: { 'last-event-id': 'x' } });
  expect([wrong.status, wrong.json.code]).toEqual([400, 'wrong-cursor']);
});

test('a token that is revoked or rotated ends its own streams at once and no others', async () => {
  await using rig = await withRealTime();
  await using api = await serve(rig);
  const other = await rig.connect();
  using kept = await follow(api, api.tokens.read);
  for (const change of [revokeCredential, rotateCredential]) {
    const name = change.name;
    const { token } = accepted(await addCredential(other, name, 'admin', undefined, 'person'));
    using client = await follow(api, token);
    const began = performance.now();
    await change(other, name, 'person');
    await client.closed;
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(client.frames.at(-1)).toEqual({ event: 'bye', data: { reason: 'revoked' } });
    expect((await api.call('GET /events', { token })).status).toBe(401);
  }
  const start = newest(rig);
  await write(rig.bridge, 1);
  await eventually(() => expect(kept.ids.at(-1)).toBe(start + 1), 10);
});

test('a stream beats every 15 seconds, and ends at the beat after its token has expired', async () => {
  await using rig = await withRealTime();
  await using api = await serve(rig);
  const { token } = accepted(await addCredential(rig.bridge, 'brief', 'read', 3_600_000, 'person'));
  using client = await follow(api, token);
  await rig.clock.slept(15_000);
  rig.clock.advance(15_000);
  await eventually(() => expect(client.text()).toContain('\n: beat\n\n'), 10);
  rig.tamper("UPDATE credentials SET expires_at = '2020-01-01T00:00:00.000Z' WHERE name = 'brief'");
  await rig.clock.slept(15_000);
  rig.clock.advance(15_000);
  await client.closed;
  expect(client.frames.at(-1)).toEqual({ event: 'bye', data: { reason: 'revoked' } });
});

test('a client that takes nothing is ended after a minute, while others get everything', async () => {
  await using rig = await withRealTime();
  await using api = await serve(rig);
  using lively = await follow(api, api.tokens.read);
  const idle = connect(api.port, '127.0.0.1');
  idle.on('error', () => undefined);
  idle.write(
    `GET /events?after=0 HTTP/1.1\r\nHost: 127.0.0.1:${api.port}\r\nAuthorization: Bearer ${api.tokens.admin}\r\n\r\n`,
  );
  await once(idle, 'readable');
  const ended = once(idle, 'close');
  const start = newest(rig);
  for (let n = 0; n < 500; n += 1) await pause(rig.bridge, 'x'.repeat(20_000), 'person');
  await eventually(() => expect(lively.ids.at(-1)).toBe(newest(rig)), 10);
  await rig.clock.slept(60_000);
  rig.clock.advance(60_000);
  idle.resume();
  await ended;
  expect(lively.ids).toEqual(idsOf(rig, start));
});

test('clients that wait for one answer count as streams do, and make room when they are answered', async () => {
  await using rig = await withRealTime();
  await using api = await serve(rig);
  const { read: token } = api.tokens;
  const headers = { accept: 'application/json' };
  const poll = () => api.call(`GET /events?after=${newest(rig)}&wait=25`, { token, headers });
  const waiting = Array.from({ length: 32 }, poll);
  await eventually(async () => {
    const answer = await api.call(`GET /events?after=${newest(rig)}&wait=0.001`, { token, headers });
    expect([answer.status, answer.json.code]).toEqual([503, 'too-many-streams']);
  }, 10);
  expect((await api.call('GET /events?after=0', { token, headers })).status).toBe(200);
  await write(rig.bridge, 1);
  const answers = await Promise.all(waiting);
  expect(answers.map(({ status }) => status)).toEqual(Array(32).fill(200));
  using again = await follow(api, token);
  expect(again.response.statusCode).toBe(200);
});

test('a client that waits with a token that is revoked is told nothing that came after', async () => {
  await using rig = await withRealTime();
  await using api = await serve(rig);
  const { read: token } = api.tokens;
  const headers = { accept: 'application/json' };
  const waiting = api.call(`GET /events?after=${newest(rig)}&wait=25`, { token, headers });
  await rig.clock.slept(25_000);
  await revokeCredential(rig.bridge, 'read', 'person');
  const answer = await waiting;
  expect([answer.status, answer.json.code]).toEqual([401, 'not-signed-in']);
});

test('a token has 32 streams at most, and room again when one ends', async () => {
  await using rig = await withRealTime();
  await using api = await serve(rig);
  const clients = await Promise.all(Array.from({ length: 32 }, () => follow(api, api.tokens.read)));
  const refused = await api.call('GET /events', { token: api.tokens.read });
  expect([refused.status, refused.json.code, refused.headers['retry-after']]).toEqual([
    503,
    'too-many-streams',
    '1',
  ]);
  using other = await follow(api, api.tokens.decide);
  clients[0]?.[Symbol.dispose]();
  await eventually(async () => {
    using client = await follow(api, api.tokens.read);
    expect(client.response.statusCode).toBe(200);
  }, 10);
  expect(other.response.statusCode).toBe(200);
  for (const client of clients) client[Symbol.dispose]();
});

test('a server that ends says good-bye to its streams', async () => {
  await using rig = await withRealTime();
  await using api = await serve(rig);
  using client = await follow(api, api.tokens.read);
  await api.server.close();
  await client.closed;
  expect(client.frames.at(-1)).toEqual({ event: 'bye', data: { reason: 'stopping' } });
});

test('a history that cannot be read ends the streams and not the server, and they can be opened again', async () => {
  await using rig = await withRealTime();
  await using api = await serve(rig);
  using client = await follow(api, api.tokens.read);
  rig.tamper('ALTER TABLE events RENAME TO events_away');
  await client.closed;
  rig.tamper('ALTER TABLE events_away RENAME TO events');
  expect(api.log.join('\n')).toContain('http.events_failed');
  using again = await follow(api, api.tokens.read, '/events?after=0');
  await write(rig.bridge, 1);
  await has(again, idsOf(rig));
});

test('a page of the history is answered at once when there is one, and as soon as there is', async () => {
  await using rig = await withRealTime();
  await using api = await serve(rig);
  const sent = { token: api.tokens.read, headers: { accept: 'application/json' } };
  const page = answerOf('GET /events', await api.call('GET /events?after=0&wait=25', sent));
  expect(page.events.map(({ id }: { id: number }) => id)).toEqual(idsOf(rig));
  const waiting = api.call(`GET /events?after=${page.cursor}&wait=25`, sent);
  await write(rig.bridge, 1);
  const next = answerOf('GET /events', await waiting);
  expect(next.events.map(({ type }: { type: string }) => type)).toEqual(['hold.set']);

  // What the first page slept for is not what this one sleeps for.
  rig.clock.advance(1);
  const nothing = api.call(`GET /events?after=${next.cursor}&wait=25`, sent);
  await rig.clock.slept(25_000);
  rig.clock.advance(25_000);
  expect((await nothing).json).toMatchObject({ events: [], cursor: next.cursor, reset: null });
  const ahead = await api.call('GET /events?after=999999&wait=25', sent);
  expect(ahead.json).toMatchObject({ events: [], cursor: next.cursor, reset: 'ahead' });
});

test('HEAD of the history opens no stream', async () => {
  await using rig = await withRealTime();
  await using api = await serve(rig);
  const answer = await api.call('HEAD /events', { token: api.tokens.read });
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
});

test('a client that has followed another history is told to fetch everything again, also where its id has come here too', async () => {
  await using rig = await withRealTime();
  await using api = await serve(rig);
  const { read: token } = api.tokens;
  await write(rig.bridge, 3);
  const { epoch } = (await api.call('GET /events', { token, headers: { accept: 'application/json' } })).json;
  using same = await follow(api, token, `/events?after=1&epoch=${epoch}`);
  await has(same, idsOf(rig, 1));
  using other = await follow(api, token, '/events?after=1&epoch=0123456789abcdef');
  await eventually(() => expect(other.frames).toHaveLength(2), 10);
  expect(other.frames[1]).toEqual({ event: 'reset', data: { reason: 'epoch' } });
  const after = newest(rig);
  await write(rig.bridge, 1);
  await has(other, idsOf(rig, after));
  const page = await api.call('GET /events?after=1&epoch=x', {
    token,
    headers: { accept: 'application/json' },
  });
  expect(answerOf('GET /events', page)).toMatchObject({ events: [], epoch, reset: 'epoch' });
});
