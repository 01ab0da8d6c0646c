/** Channels over HTTP: the routes that clients of Claude Bridge know, on the same messages as the tools. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clearChannel } from '../../src/bridge/clear-channel.ts';
import { clearRelay, sendToRelay } from '../../src/bridge/relay.ts';
import { sendToChannel } from '../../src/bridge/send-to-channel.ts';
import { tidyChannels } from '../../src/bridge/tidy-channels.ts';
import { systemClock } from '../../src/clock.ts';
import { eventually } from '../eventually.ts';
import { createRig, type Rig } from '../rig.ts';
import { oldClient } from './mcp-client.ts';
import { type Answer, type Serving, serve } from './server.ts';
import { follow } from './stream-client.ts';

const C = 'shop:build';

let rig: Rig;
let api: Serving;
beforeEach(async () => {
  // The store has real time, so that its watch works.
  rig = await createRig({ storeClock: systemClock });
  api = await serve(rig, { clock: systemClock });
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
});

const get = (path: string): Promise<Answer> => api.call(`GET ${path}`, { token: api.tokens.read });
const post = (path: string, body: unknown): Promise<Answer> =>
  api.call(`POST ${path}`, { token: api.tokens.admin, body });

async function send(content: string, more: object = {}): Promise<Answer['json']> {
  const { status, json } = await post('/api/send', { channel: C, sender: 'alice', content, ...more });
  expect(status, JSON.stringify(json)).toBe(200);
  return json;
}

describe('reading', () => {
  test('the status is open, and says nothing of what is in the channels', async () => {
    await send('hello');
    const { json } = await api.call('GET /status');
    expect(json).toEqual({
      service: 'claude-bridge',
      status: 'online',
      version: expect.any(String),
      server_time: expect.stringMatching(/Z$/),
    });
  });

  test('the state lists channels with their group, and who wrote', async () => {
    await send('1');
    await send('2', { sender: 'bob' });
    await send('3', { channel: 'plain' });
    const { json } = await get('/api/state');
    expect(json).toMatchObject({ total_messages: 3, retention_days: 30, sse_dropped_events: 0 });
    expect(json.uptime_human).toMatch(/^\d\d:\d\d:\d\d$/);
    expect(json.channels).toMatchObject([
      { id: 'plain', group: '', name: 'plain', count: 1, senders: ['alice'] },
      { id: C, group: 'shop', name: 'build', count: 2, senders: ['alice', 'bob'] },
    ]);
  });

  test('the state counts for a consumer what it has not acknowledged, and for nobody otherwise', async () => {
    const first = await send('1');
    await send('2');
    await send('3', { channel: 'plain' });
    await post('/api/ack', { channel: C, consumer_id: 'me', message_id: first.id });
    const unread = async (query: string) =>
      (await get(`/api/state${query}`)).json.channels.map((one: { unread?: number }) => one.unread);
    expect(await unread('?consumer_id=me')).toEqual([1, 1]);
    expect(await unread('?consumer_id=other')).toEqual([1, 2]);
    expect(await unread('')).toEqual([undefined, undefined]);
  });

  test('the state counts for a consumer what aged out before it acknowledged it, until it moves forward', async () => {
    const first = await send('1');
    await post('/api/ack', { channel: C, consumer_id: 'me', message_id: first.id });
    for (const content of ['2', '3', '4']) await send(content);
    await tidyChannels(rig.bridge, { keepDays: 0, keepMessages: 1, keepMb: 0 });
    const state = async (query: string) => (await get(`/api/state${query}`)).json.channels;
    expect(await state('?consumer_id=me')).toMatchObject([{ id: C, unread: 1, dropped: 2 }]);
    for (const query of ['?consumer_id=other', ''])
      expect((await state(query))[0], query).not.toHaveProperty('dropped');
    const last = (await get(`/api/messages?channel=${C}`)).json.messages.at(-1);
    await post('/api/ack', { channel: C, consumer_id: 'me', message_id: last.id });
    expect((await state('?consumer_id=me'))[0]).not.toHaveProperty('dropped');
  });

  test('messages are listed with a preview, or whole, and a cursor reads on', async () => {
    const first = await send('x'.repeat(300));
    await send('{"a":1}');
    const { json } = await get(`/api/messages?channel=${C}&limit=junk`);
    expect(json.messages).toMatchObject([
      { id: first.id, seq: first.seq, is_json: false, preview: `${'x'.repeat(200)}…` },
      { is_json: true, preview: '{"a":1}' },
    ]);
    expect(json.next_cursor).toBe(json.messages[1].id);
    const full = await get(`/api/messages?channel=${C}&full=yes&since_id=${first.id}`);
    expect(full.json.messages).toMatchObject([{ content: '{"a":1}', encoding: 'legacy_json' }]);
    expect((await get('/api/messages?channel=none')).json).toEqual({ channel: 'none', messages: [] });
    const stale = await get('/api/messages?channel=none&since_id=gone');
    expect(stale.json).toMatchObject({ messages: [], warning: 'since_id_not_found' });
  });

  test('one message is what was sent, to the byte, and the same that the tools know', async () => {
    const content = '\u202e \r\nhello\u0007 ';
    const { id } = await send(content);
    const { json } = await get(`/api/messages/${id}`);
    expect(json).toMatchObject({ id, content, bytes: Buffer.byteLength(content), content_parsed: null });
    await using client = await oldClient(api, 'channels', api.tokens.admin);
    const received = await client.call('bridge_receive', { channel: C });
    expect(received.structuredContent?.messages).toMatchObject([{ id, seq: json.seq, timestamp: json.ts }]);
    expect((await get('/api/messages/none')).json).toMatchObject({ error: 'not found' });
  });

  test('a wait is answered by the next message, or at its end', async () => {
    const { id } = await send('1');
    const waiting = get(`/api/wait?channel=${C}&cursor=${id}&timeout_seconds=30`);
    await send('2');
    expect((await waiting).json).toMatchObject({ timed_out: false, messages: [{ content: '2' }] });
    const last = (await get(`/api/messages?channel=${C}`)).json.next_cursor;
    const over = await get(`/api/wait?channel=${C}&cursor=${last}&timeout_seconds=0`);
    expect(over.json).toMatchObject({ timed_out: true, messages: [], next_cursor: last });
    const wrong = await get(`/api/wait?channel=${C}&cursor=${last}&timeout_seconds=soon`);
    expect([wrong.status, wrong.json.error]).toEqual([400, 'limit and timeout_seconds must be numeric']);
  });
});

describe('writing', () => {
  test('a retry under the same key is the same message; other content under it is 409', async () => {
    const first = await send('once', { idempotency_key: 'k' });
    expect(await send('once', { idempotency_key: 'k' })).toEqual({ ...first, deduplicated: true });
    const headers = { 'idempotency-key': 'k' };
    const again = { channel: C, sender: 'alice', content: 'once' };
    const repeated = await api.call('POST /api/send', { token: api.tokens.admin, body: again, headers });
    expect(repeated.json).toEqual({ ...first, deduplicated: true });
    const body = { channel: C, sender: 'alice', content: 'twice', idempotency_key: 'k' };
    const { status, json } = await post('/api/send', body);
    expect([status, json.error]).toEqual([
      409,
      'idempotency_key: was already used for another message; nothing was sent. Use a new key for a new message.',
    ]);
  });

  test.each([
    [{}, 400, 'channel: is required, and must not be empty'],
    [{ channel: C, sender: 'a' }, 400, 'content: provide exactly one of content or message'],
    [{ channel: C, sender: 7, content: 'x' }, 400, 'sender: must be a string'],
    [{ channel: C, sender: 'a\u0007', content: 'x' }, 400, /^sender: must not contain control/],
    [
      { channel: C, sender: 'a', message: { type: 'x' } },
      400,
      /^message: missing field\(s\): schema_version/,
    ],
    [{ channel: C, sender: 'a', content: 'x'.repeat(131_073) }, 413, 'content exceeds 131072 bytes'],
    ['nonsense', 400, 'the body is not valid JSON.'],
  ])('a send that breaks a rule is refused with its field, and changes nothing: %#', async (body, status, error) => {
    const refused = await post('/api/send', body);
    expect(refused.status).toBe(status);
    expect(refused.json.error).toMatch(error);
    expect(rig.rowsOf('channel_messages')).toEqual([]);
  });

  test('a consumer is acknowledged forward, and a message of another channel is 404', async () => {
    const { id } = await send('1');
    await send('2');
    const foreign = await send('x', { channel: 'other' });
    const ack = (message_id: string) => post('/api/ack', { channel: C, consumer_id: 'bob', message_id });
    expect((await ack(id)).json).toMatchObject({ advanced: true, last_message_id: id });
    const unread = await get(`/api/messages?channel=${C}&consumer_id=bob`);
    expect(unread.json).toMatchObject({ consumer_id: 'bob', messages: [{ preview: '2' }] });
    const wrong = await ack(foreign.id);
    expect([wrong.status, wrong.json.error]).toEqual([404, 'message_id does not exist in this channel']);
  });

  test('a cleared channel is recorded under the name of the token', async () => {
    await send('1');
    expect((await post('/api/clear', { channel: C })).json).toEqual({ channel: C, cleared: 1 });
    expect(rig.rowsOf('events').at(-1)).toMatchObject({ type: 'channel.cleared', actor: 'person: admin' });
  });

  test('the audit says who cleared which channel, newest first, and nothing of the relay', async () => {
    const audit = (query = '') => api.call(`GET /api/audit${query}`, { token: api.tokens.admin });
    expect((await audit()).json).toEqual({ enabled: true, events: [] });
    await send('1');
    await send('2');
    await send('1', { channel: 'plain' });
    await sendToRelay(rig.bridge, { sender: 'desktop', message: 'hello' });
    await post('/api/clear', { channel: C });
    await clearRelay(rig.bridge, 'person');
    await clearChannel(rig.bridge, 'plain', 'code');
    const { json } = await audit();
    expect(json.events).toMatchObject([
      { event: 'channel_clear', channel: 'plain', detail: '1 message, by code', ip: null },
      { event: 'channel_clear', channel: C, detail: '2 messages, by person: admin' },
    ]);
    expect(json.events[0].timestamp).toMatch(/Z$/);
    expect(json.events[0].id).toBeGreaterThan(json.events[1].id);
    for (const limit of ['1', '0', '-5', 'junk', '99999999'])
      expect([limit, (await audit(`?limit=${limit}`)).json.events.length]).toEqual([
        limit,
        ['1', '0'].includes(limit) ? 1 : 2,
      ]);
    expect((await get('/api/audit')).status).toBe(403);
  });

  test('a message cannot be posted where messages are read, and the old transport says where to go', async () => {
    const wrong = await post('/api/messages', {});
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET, HEAD']);
    const old = await api.call('GET /sse', { token: api.tokens.admin });
    expect(old.status).toBe(410);
    expect(old.json.error).toContain('/mcp/channels');
  });
});

describe('following', () => {
  const events = (text: string) =>
    [...text.matchAll(/event: (\w+)\ndata: (.*)\n/g)].map(([, event, data = '']) => [
      event,
      JSON.parse(data),
    ]);

  test('a stream tells messages and clearings of its channel alone, from another process too', async () => {
    const name = 'a/b:c';
    using client = await follow(api, api.tokens.read, `/events/channel/${name}`);
    const other = await rig.connect();
    await send('elsewhere');
    await sendToChannel(other, { channel: name, sender: 'bob', content: '1\n\nevent: clear' });
    await eventually(() => expect(events(client.text())).toHaveLength(1), 10);
    await clearChannel(other, name, 'person');
    await eventually(() => expect(events(client.text())).toHaveLength(2), 10);
    expect(events(client.text())).toMatchObject([
      ['message', { sender: 'bob', content: '1\n\nevent: clear' }],
      ['clear', { channel: name, cleared: 1 }],
    ]);
  });

  test('the stream of the history tells that something is in a channel, and that nothing is any more', async () => {
    using client = await follow(api, api.tokens.read);
    const told = () =>
      client.frames.map(({ event, data }) => [event, 'newest' in data ? data.newest : data.channels]);
    await eventually(() => expect(told()).toEqual([['hello', null]]), 10);
    const other = await rig.connect();
    await sendToChannel(other, { channel: C, sender: 'bob', content: '1' });
    await eventually(() => expect(told().at(-1)).toEqual(['channels', 1]), 10);
    using late = await follow(api, api.tokens.read);
    await eventually(() => expect(late.frames).toMatchObject([{ data: { channels: 1 } }]), 10);
    await clearChannel(other, C, 'person');
    await eventually(() => expect(told().at(-1)).toEqual(['channels', null]), 10);
    await eventually(() => expect(late.frames.at(-1)?.data).toEqual({ oldest: null, newest: null }), 10);
  });

  test('the stream of the history tells that messages have aged out', async () => {
    for (const content of ['1', '2', '3']) await send(content);
    using client = await follow(api, api.tokens.read);
    await eventually(() => expect(client.frames).toMatchObject([{ data: { channels: 3 } }]), 10);
    await tidyChannels(await rig.connect(), { keepDays: 0, keepMessages: 1, keepMb: 0 });
    await eventually(() => expect(client.frames.at(-1)).toMatchObject({ event: 'channels' }), 10);
    expect(client.frames.at(-1)?.data).toEqual({ oldest: 3, newest: 3 });
  });

  test('a stream goes on after the message it is given, each once, and says when that is not there', async () => {
    const { id } = await send('1');
    for (let n = 2; n < 130; n++)
      await sendToChannel(rig.bridge, { channel: C, sender: 'alice', content: `${n}` });
    using client = await follow(api, api.tokens.read, `/events/channel/${C}`, id);
    await send('130');
    await eventually(() => expect(events(client.text())).toHaveLength(129), 10);
    expect(events(client.text()).map(([, { content }]) => Number(content))).toEqual(
      Array.from({ length: 129 }, (_, n) => n + 2),
    );
    using stale = await follow(api, api.tokens.read, `/events/channel/${C}?since_id=gone`);
    await eventually(
      () => expect(events(stale.text())).toEqual([['cursor_stale', { since_id: 'gone' }]]),
      10,
    );
  });

  test('a stream that has missed too much is told so, and ends', async () => {
    const { id } = await send('1');
    for (let n = 0; n < 500; n++)
      await sendToChannel(rig.bridge, { channel: C, sender: 'alice', content: `${n}` });
    using client = await follow(api, api.tokens.read, `/events/channel/${C}`, id);
    await client.closed;
    expect(events(client.text()).at(-1)).toEqual(['replay_truncated', { limit: 500 }]);
  });
});
