/** Who is told of messages of agents: each once, by nobody's choice but the receiver's, and none that was read before. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acknowledgeMessage } from '../../src/bridge/acknowledge-message.ts';
import { clearChannel } from '../../src/bridge/clear-channel.ts';
import { importRelay } from '../../src/bridge/import-relay.ts';
import { clearRelay, fetchFromRelay, releaseFromRelay, sendToRelay } from '../../src/bridge/relay.ts';
import { sendToChannel } from '../../src/bridge/send-to-channel.ts';
import type { RelayClient } from '../../src/project/relay.ts';
import { accepted } from '../bridge/steps.ts';
import { measure, toVerify } from '../bridge/submitted.ts';
import { eventually } from '../eventually.ts';
import { answering, type HttpReceiver, startReceiver } from './receiver.ts';
import { type Notifying, notifying } from './rig.ts';

const MINUTE = 60_000;

let on: Notifying;
let receiver: HttpReceiver;
beforeEach(async () => {
  on = await notifying();
  receiver = await startReceiver();
});
afterEach(async () => {
  await on[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

const webhook = (more: object = {}) => ({
  ...{ via: 'webhook', url: receiver.url, kinds: ['message'], detail: 'summary' },
  ...more,
});

const relay = async (sender: RelayClient, message: string) =>
  accepted(await sendToRelay(on.rig.bridge, { sender, message }));

const say = async (channel: string, content: string, sender = 'alice') =>
  accepted(await sendToChannel(on.rig.bridge, { channel, sender, content }));

/** One side of the relay reads all that waits for it. */
const fetch = (reader: RelayClient) =>
  fetchFromRelay(
    on.rig.bridge,
    { reader, client: reader, limit: 20, unreadOnly: true, isHeld: false },
    (messages) => messages.map(({ number }) => number),
  );

const told = (): { type: string; data: Record<string, unknown> }[] =>
  receiver.received.map(({ body }) => JSON.parse(body));

describe('what is told of messages', () => {
  test('a message of the relay is told once, with who it is for, who sent it and what it says', async () => {
    await on.start([webhook()], { http: { public_url: 'https://box.example' } });
    await relay('desktop', 'Which port?');
    await on.until('message sent');
    const [{ created_at } = { created_at: '' }] = on.rig.rowsOf('channel_messages');
    expect(told()[0]).toMatchObject({ timestamp: created_at });
    await relay('code', `7823. ${'x'.repeat(300)}`);
    await on.until('message sent', 'message sent');
    expect(told().map(({ type, data }) => [type, data.title, data.text])).toEqual([
      ['message.sent', 'New message for Code from Desktop', 'Which port?'],
      ['message.sent', 'New message for Desktop from Code', `7823. ${'x'.repeat(193)}…`],
    ]);
    expect(told()[0]?.data).toMatchObject({
      event_id: null,
      kind: 'message',
      message: { channel: null, sender: 'desktop', recipient: 'code', held: false },
      url: 'https://box.example/#/',
    });
  });

  test('a message of a channel is told with the channel, its sender and an address that leads to it', async () => {
    await on.start([webhook()], { http: { public_url: 'https://box.example/' } });
    const { message } = await say('shop: build/1', 'The build is green.');
    await on.until('message sent');
    expect(told()[0]?.data).toMatchObject({
      title: 'New message in shop: build/1 from alice',
      text: 'The build is green.',
      message: { id: message.id, channel: 'shop: build/1', sender: 'alice', recipient: null },
      url: `https://box.example/#/channels/shop%3A%20build%2F1/${message.id}`,
    });
  });

  test('a receiver that does not name the kind is told of no message', async () => {
    await on.start([webhook({ kinds: undefined, name: 'all' }), webhook()]);
    await relay('desktop', 'Hello');
    await on.until('message sent');
    expect(on.rig.rowsOf('notifications').map((row) => row.receiver)).toEqual(['webhook']);
    expect(on.rig.rowsOf('receivers').map((row) => row.message_number)).toEqual([null, 1]);
  });

  test('a receiver is told of the channels alone that its patterns match, and the relay has a name among them', async () => {
    await on.start([
      webhook({ name: 'alerts', channels: ['alerts:*'] }),
      webhook({ name: 'relayed', channels: ['relay'] }),
    ]);
    await say('talk', 'No.');
    await say('alerts:disk', 'Full.');
    await relay('code', 'Done.');
    await on.until('message sent', 'message sent');
    expect(on.rig.rowsOf('notifications').map((row) => row.receiver)).toEqual(['alerts', 'relayed']);
  });

  test.for([
    ['none', 'New message', '', null, null, 'https://box.example/#/channels'],
    ['title', 'New message in shop from alice', '', 'shop', null, /channels\/shop/],
    ['summary', 'New message in shop from alice', 'It burns.', 'shop', 'It burns.', /channels\/shop/],
  ] as const)('a receiver with detail %s is told no more than that of a message', async ([
    detail,
    title,
    text,
    channel,
    summary,
    url,
  ]) => {
    await on.start([webhook({ detail })], { http: { public_url: 'https://box.example' } });
    await say('shop', 'It burns.');
    await on.until('message sent');
    expect(told()[0]?.data).toMatchObject({ title, text, summary, message: { channel } });
    expect(told()[0]?.data.url).toEqual(typeof url === 'string' ? url : expect.stringMatching(url));
    if (detail === 'none') expect(receiver.received[0]?.body).not.toMatch(/shop|alice|burns/);
  });

  test('what an agent wrote is told on one line, without what hides or reorders text, and its names are cut', async () => {
    await on.start([webhook()]);
    const sender = `eve ${'s'.repeat(90)}`;
    await say(`shop ${'c'.repeat(240)}`, `\u202eone\u{e0041}\ntwo\u001b[31m\u0007 ${'\u2066'}end`, sender);
    await on.until('message sent');
    const { title, text } = told()[0]?.data ?? {};
    expect(title).toBe(`New message in shop ${'c'.repeat(28)}… from eve ${'s'.repeat(29)}…`);
    expect(text).toBe('one two end');
  });

  test('a message of 128 KiB is told by its beginning', async () => {
    await on.start([webhook()]);
    await say('shop', 'w'.repeat(131_072));
    await on.until('message sent');
    expect(String(told()[0]?.data.summary)).toHaveLength(4_000);
    expect(String(told()[0]?.data.text)).toHaveLength(200);
  });

  test('a message of a relay that holds is told as held, and being told of it lets nothing through', async () => {
    await on.start([webhook({ detail: 'title' })], { relay: { hold: true } });
    await relay('desktop', 'Drop the table.');
    await on.until('message sent');
    expect(told()[0]?.data).toMatchObject({
      title: 'Held for you: message for Code from Desktop',
      text: '',
      message: { held: true },
    });
    const held = { reader: 'code', client: 'code', limit: 5, unreadOnly: true, isHeld: true } as const;
    expect(await fetchFromRelay(on.rig.bridge, held, () => [])).toMatchObject({ messages: [], held: 1 });
  });
});

describe('messages that are over', () => {
  test('a message that the other side fetched, or the person read, before it could be told is dropped', async () => {
    receiver.answer = answering(500);
    await on.start([webhook()]);
    await relay('desktop', 'For Code.');
    await on.until('message waiting');
    await relay('code', 'For Desktop.');
    await on.until('message waiting', 'message waiting');
    await fetch('code');
    await on.until('message dropped', 'message waiting');
    await releaseFromRelay(on.rig.bridge, 'desktop', 5);
    await on.until('message dropped', 'message dropped');
    receiver.answer = answering(200);
    on.rig.clock.advance(24 * 60 * MINUTE);
    await relay('desktop', 'Still there?');
    await on.until('message dropped', 'message dropped', 'message sent');
    expect(told().at(-1)?.data.text).toBe('Still there?');
  });

  test('a message that was cleared before it could be told is dropped, in the relay and in a channel', async () => {
    receiver.answer = answering(500);
    await on.start([webhook()]);
    await relay('desktop', 'Hello');
    await say('shop', 'Hello');
    await on.until('message waiting', 'message waiting');
    await clearRelay(on.rig.bridge, 'person');
    await on.until('message dropped', 'message waiting');
    accepted(await clearChannel(on.rig.bridge, 'shop', 'person'));
    await on.until('message dropped', 'message dropped');
  });

  test('a message of a channel is told whatever its consumers have acknowledged', async () => {
    receiver.answer = answering(500);
    await on.start([webhook()]);
    const { message } = await say('shop', 'Hello');
    await on.until('message waiting');
    const ack = { channel: 'shop', reader: 'bob', messageId: message.id };
    accepted(await acknowledgeMessage(on.rig.bridge, ack));
    receiver.answer = answering(200);
    on.rig.clock.advance(5_000);
    await on.until('message sent');
  });
});

describe('when messages are told', () => {
  test('no message of before a start, of before its kind was asked for, or of an import is told', async () => {
    await relay('desktop', 'Before.');
    await on.start([webhook({ kinds: ['decision_wanted'] })]);
    await relay('desktop', 'Not asked for.');
    await on.start([webhook()]);
    await importRelay(
      on.rig.bridge,
      [
        {
          ...{ id: 1, sender: 'desktop', message: 'Of long ago.', timestamp: '2025-01-01T00:00:00+00:00' },
          ...{ readByDesktopAt: null, readByCodeAt: null },
        },
      ],
      false,
    );
    await relay('desktop', 'Now.');
    await on.until('message sent');
    expect(told().map(({ data }) => data.text)).toEqual(['Now.']);
  });

  test('a message that came while no supervisor ran is told at the next start, and none is told twice', async () => {
    await on.start([webhook()]);
    await relay('desktop', 'First.');
    await on.until('message sent');
    await on.stop();
    await relay('desktop', 'Second.');
    await on.start([webhook()]);
    await on.until('message sent', 'message sent');
    await on.start([webhook({ quiet: ['0 0 1 1 *'] })]);
    await relay('desktop', 'Third.');
    await on.until('message sent', 'message sent', 'message sent');
    expect(told().map(({ data }) => data.text)).toEqual(['First.', 'Second.', 'Third.']);
  });

  test('messages of quiet hours are one digest when these end, without those that were fetched meanwhile', async () => {
    // The clock of the test begins at noon UTC.
    const hour = new Date(on.rig.clock.now()).getHours();
    await on.start([webhook({ quiet: [`* ${hour} * * *`] })]);
    for (let n = 1; n <= 6; n += 1) await relay('desktop', `${n}`);
    await relay('code', 'Hello');
    await eventually(() => expect(on.outbox()).toHaveLength(7), 5);
    await fetch('desktop');
    await eventually(() => expect(on.outbox().filter((row) => row === 'message dropped')).toHaveLength(1), 5);
    expect(receiver.received).toEqual([]);
    on.rig.clock.advance(60 * MINUTE);
    await eventually(() => expect(on.outbox().filter((row) => row === 'message sent')).toHaveLength(6), 5);
    expect(told()).toMatchObject([{ type: 'digest', data: { digest: { counts: { message: 6 } } } }]);
    expect(on.rig.rowsOf('notifications').filter(({ settled_at }) => settled_at === null)).toEqual([]);
  });

  test('a message that is fetched while a digest waits that tells of it is not counted in it', async () => {
    const hour = new Date(on.rig.clock.now()).getHours();
    receiver.answer = answering(500);
    await on.start([webhook({ quiet: [`* ${hour} * * *`] })]);
    for (let n = 1; n <= 5; n += 1) await relay('desktop', `${n}`);
    await relay('code', 'Hello');
    await eventually(() => expect(on.outbox()).toHaveLength(6), 5);
    on.rig.clock.advance(60 * MINUTE);
    await eventually(() => expect(on.outbox()).toContain('digest waiting'), 5);
    await fetch('desktop');
    await eventually(() => expect(on.outbox()).toContain('message dropped'), 5);
    receiver.answer = answering(200);
    on.rig.clock.advance(MINUTE);
    await eventually(() => expect(on.outbox()).toContain('digest sent'), 5);
    expect(told().at(-1)).toMatchObject({ type: 'digest', data: { digest: { counts: { message: 5 } } } });
  });

  test('messages that come in a rush do not keep a decision from being told a minute later', async () => {
    await on.start([webhook({ kinds: ['decision_wanted', 'message'] })]);
    for (let n = 1; n <= 40; n += 1) await say('shop', `${n}`);
    await eventually(() => expect(on.outbox()).toContain('digest sent'), 5);
    await toVerify(on.rig);
    await measure(on.rig);
    await eventually(() => expect(on.outbox()).toContain('decision_wanted waiting'), 5);
    on.rig.clock.advance(MINUTE);
    await eventually(() => expect(on.outbox()).toContain('decision_wanted sent'), 5);
  });
});
