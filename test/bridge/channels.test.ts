import { describe, expect, test } from 'vitest';
import { acknowledgeMessage } from '../../src/bridge/acknowledge-message.ts';
import { channels, newestInChannel } from '../../src/bridge/channels.ts';
import { clearChannel } from '../../src/bridge/clear-channel.ts';
import { type ChannelPart, readChannel, waitForChannel } from '../../src/bridge/read-channel.ts';
import { sendToChannel } from '../../src/bridge/send-to-channel.ts';
import { tidyChannels } from '../../src/bridge/tidy-channels.ts';
import { systemClock } from '../../src/clock.ts';
import type { Result } from '../../src/result.ts';
import { createRig, type Rig } from '../rig.ts';

const MB = 1e6;
const NO_LIMITS = { keepDays: 0, keepMessages: 0, keepMb: 0 };

async function send(rig: Rig, content: string, channel = 'shop:build', key?: string): Promise<string> {
  return value(await sendToChannel(rig.bridge, { channel, sender: 'alice', content, key })).message.id;
}

function value<T, R>(result: Result<T, R>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}

async function read(
  rig: Rig,
  from: { sinceId?: string; reader?: string; limit?: number; channel?: string } = {},
): Promise<ChannelPart> {
  return value(await readChannel(rig.bridge, { channel: 'shop:build', limit: 20, maxBytes: MB, ...from }));
}

const texts = ({ messages }: ChannelPart) => messages.map(({ content }) => content);

describe('messages in channels', () => {
  test('messages are read in the order they were sent, the newest when no cursor is given', async () => {
    await using rig = await createRig();
    for (const text of ['1', '2', '3']) await send(rig, text);
    await send(rig, 'elsewhere', 'other');
    expect(texts(await read(rig))).toEqual(['1', '2', '3']);
    expect(texts(await read(rig, { limit: 2 }))).toEqual(['2', '3']);
  });

  test('a cursor continues after its message, in its own channel only', async () => {
    await using rig = await createRig();
    const first = await send(rig, '1');
    const foreign = await send(rig, 'x', 'other');
    await send(rig, '2');
    await send(rig, '3');
    expect(await read(rig, { sinceId: first, limit: 1 })).toMatchObject({ hasMore: true, isStale: false });
    expect(texts(await read(rig, { sinceId: first }))).toEqual(['2', '3']);
    for (const sinceId of [foreign, 'nothing'])
      expect(await read(rig, { sinceId })).toMatchObject({ isStale: true, messages: [] });
  });

  test('a cursor with a character behind it reads that message again from there on', async () => {
    await using rig = await createRig();
    const first = await send(rig, 'abcdef');
    await send(rig, 'next');
    expect(await read(rig, { sinceId: `${first}@4` })).toMatchObject({ offset: 4 });
    expect(texts(await read(rig, { sinceId: `${first}@4` }))).toEqual(['abcdef', 'next']);
  });

  test('no more is read than asked for, however large messages are', async () => {
    await using rig = await createRig();
    for (let n = 0; n < 5; n++) await send(rig, `${n}${'x'.repeat(100_000)}`);
    const part = value(
      await readChannel(rig.bridge, { channel: 'shop:build', limit: 20, maxBytes: 150_000 }),
    );
    expect(part).toMatchObject({ hasMore: true });
    expect(part.messages).toHaveLength(2);
  });

  test('a message sent again under its key is the same message; other content under it is refused', async () => {
    await using rig = await createRig();
    const first = await send(rig, 'once', 'shop:build', 'k1');
    const again = await sendToChannel(rig.bridge, {
      channel: 'shop:build',
      sender: 'alice',
      content: 'once',
      key: 'k1',
    });
    expect(value(again)).toMatchObject({ deduplicated: true, message: { id: first } });
    const other = { channel: 'shop:build', sender: 'alice', content: 'twice', key: 'k1' };
    expect(await sendToChannel(rig.bridge, other)).toMatchObject({
      ok: false,
      refusal: { code: 'conflict' },
    });
    expect(value(await sendToChannel(rig.bridge, { ...other, sender: 'bob' })).deduplicated).toBe(false);
    expect(value(await sendToChannel(rig.bridge, { ...other, channel: 'b' })).deduplicated).toBe(false);
    expect(rig.rowsOf('channel_messages')).toHaveLength(3);
  });

  test('a structured message brings its own key, and the order of its keys makes no other message', async () => {
    await using rig = await createRig();
    const envelope = { schema_version: 1, type: 'task', content: { a: 1, b: 2 }, dedupe_key: 'd' };
    const to = { channel: 'c', sender: 's' };
    await sendToChannel(rig.bridge, { ...to, message: envelope });
    const turned = { dedupe_key: 'd', content: { b: 2, a: 1 }, type: 'task', schema_version: 1 };
    expect(value(await sendToChannel(rig.bridge, { ...to, message: turned })).deduplicated).toBe(true);
  });

  test.each([
    [{ content: '' }, 'content', 'required'],
    [{ content: 'a\u0000b' }, 'content', 'nul_byte'],
    [{ content: 'ä'.repeat(65_537) }, 'content', 'too_large'],
    [{}, 'content', 'required'],
    [{ content: 'a', message: {} }, 'content', 'required'],
    [{ content: 'a', channel: '' }, 'channel', 'required'],
    [{ content: 'a', channel: ' x' }, 'channel', 'surrounding_whitespace'],
    [{ content: 'a', channel: 'x'.repeat(257) }, 'channel', 'too_long'],
    [{ content: 'a', sender: 'a\nb' }, 'sender', 'control_character'],
    [{ content: 'a', sender: 'a\u202eb' }, 'sender', 'control_character'],
    [{ content: 'a', key: 'k'.repeat(257) }, 'idempotency_key', 'too_long'],
    [{ message: { type: 'a', content: 1 } }, 'message', 'required'],
  ])('a message that breaks a rule is refused with field and code, and changes nothing: %#', async (given, field, code) => {
    await using rig = await createRig();
    const sent = { channel: 'c', sender: 's', ...given };
    expect(await sendToChannel(rig.bridge, sent)).toMatchObject({ ok: false, refusal: { field, code } });
    expect(rig.rowsOf('channel_messages')).toEqual([]);
  });
});

describe('readers', () => {
  test('a reader begins at the first message, continues after what it acknowledged, and never goes back', async () => {
    await using rig = await createRig();
    const ids = [await send(rig, '1'), await send(rig, '2'), await send(rig, '3')];
    const reader = 'bob';
    const acknowledge = (messageId: string) =>
      acknowledgeMessage(rig.bridge, {
        channel: 'shop:build',
        reader,
        messageId,
        metadata: { at: messageId },
      });
    expect(texts(await read(rig, { reader, limit: 1 }))).toEqual(['1']);
    expect(texts(await read(rig, { reader, limit: 1 }))).toEqual(['1']);
    expect(value(await acknowledge(ids[1] ?? ''))).toMatchObject({ advanced: true });
    expect(value(await acknowledge(ids[0] ?? ''))).toMatchObject({
      advanced: false,
      position: { messageId: ids[1], metadata: { at: ids[1] } },
    });
    expect(texts(await read(rig, { reader }))).toEqual(['3']);
    expect(texts(await read(rig, { reader: 'another' }))).toEqual(['1', '2', '3']);
    expect(texts(await read(rig, { reader, sinceId: ids[0] ?? '' }))).toEqual(['2', '3']);
  });

  test('a reader acknowledges only messages of the channel it names', async () => {
    await using rig = await createRig();
    const foreign = await send(rig, 'x', 'other');
    for (const messageId of [foreign, 'nothing'])
      expect(
        await acknowledgeMessage(rig.bridge, { channel: 'shop:build', reader: 'bob', messageId }),
      ).toMatchObject({ ok: false, refusal: { field: 'message_id', code: 'not_found' } });
  });
});

describe('waiting for a channel', () => {
  test('a reader that waits is woken by a message of another connection', async () => {
    await using rig = await createRig({ storeClock: systemClock });
    const last = await send(rig, '1');
    const another = await rig.connect();
    const waiting = waitForChannel(
      another,
      { channel: 'shop:build', sinceId: last, limit: 20, maxBytes: MB },
      { waitMs: 60_000 },
    );
    await send(rig, 'elsewhere', 'other');
    await send(rig, '2');
    expect(texts(value(await waiting))).toEqual(['2']);
  });

  test('a wait ends empty when its time is over, and at once for a stale cursor', async () => {
    await using rig = await createRig();
    const last = await send(rig, '1');
    const reading = { channel: 'shop:build', limit: 20, maxBytes: MB };
    const waiting = waitForChannel(rig.bridge, { ...reading, sinceId: last }, { waitMs: 1_000 });
    await rig.clock.slept(1_000);
    rig.clock.advance(1_000);
    expect(value(await waiting)).toMatchObject({ messages: [], isStale: false });
    const stale = waitForChannel(rig.bridge, { ...reading, sinceId: 'gone' }, { waitMs: 1_000 });
    expect(value(await stale)).toMatchObject({ isStale: true });
    expect(await waitForChannel(rig.bridge, reading, { waitMs: 1_000 })).toMatchObject({ ok: false });
  });
});

describe('clearing a channel', () => {
  test('clearing takes the messages, keys and readers of one channel alone, is recorded, and frees no number', async () => {
    await using rig = await createRig();
    const first = await send(rig, '1', 'shop:build', 'k');
    await send(rig, 'x', 'other');
    await acknowledgeMessage(rig.bridge, { channel: 'shop:build', reader: 'bob', messageId: first });
    const numbers = rig.rowsOf('channel_messages').map(({ number }) => number);
    expect(value(await clearChannel(rig.bridge, 'shop:build', 'person'))).toBe(1);
    expect(value(await clearChannel(rig.bridge, 'shop:build', 'person'))).toBe(0);
    expect(rig.rowsOf('readers')).toEqual([]);
    expect((await channels(rig.bridge)).map(({ channel }) => channel)).toEqual(['other']);
    expect(rig.rowsOf('events').map(({ type, data }) => [type, data])).toEqual([
      ['channel.cleared', '{"channel":"shop:build","messages":1}'],
    ]);
    await send(rig, '1', 'shop:build', 'k');
    const [after] = await newestInChannel(rig.bridge, 'shop:build', 1);
    expect(after?.number).toBeGreaterThan(Math.max(...numbers));
  });
});

describe('limits of channels', () => {
  test('messages older than the limit go, with their keys, and a cursor that points to them is stale', async () => {
    await using rig = await createRig();
    const old = await send(rig, 'old', 'shop:build', 'k');
    await acknowledgeMessage(rig.bridge, { channel: 'shop:build', reader: 'bob', messageId: old });
    rig.clock.advance(2 * 86_400_000);
    await send(rig, 'new');
    expect(await tidyChannels(rig.bridge, NO_LIMITS)).toBe(0);
    expect(await tidyChannels(rig.bridge, { ...NO_LIMITS, keepDays: 1 })).toBe(1);
    expect(texts(await read(rig))).toEqual(['new']);
    expect(await read(rig, { sinceId: old })).toMatchObject({ isStale: true });
    expect(texts(await read(rig, { reader: 'bob' }))).toEqual(['new']);
    await send(rig, 'another', 'shop:build', 'k');
  });

  test('beyond a number of messages, or a size, the oldest go', async () => {
    await using rig = await createRig();
    for (let n = 0; n < 10; n++) await send(rig, `${n}`);
    expect(await tidyChannels(rig.bridge, { ...NO_LIMITS, keepMessages: 4 })).toBe(6);
    expect(texts(await read(rig))).toEqual(['6', '7', '8', '9']);
    for (let n = 0; n < 10; n++) await send(rig, 'x'.repeat(100_000));
    await tidyChannels(rig.bridge, { ...NO_LIMITS, keepMb: 0.5 });
    expect((await channels(rig.bridge)).map(({ count }) => count)).toEqual([5]);
  });

  test('a consumer is told how many messages aged out before it acknowledged them, until it moves forward', async () => {
    await using rig = await createRig();
    const first = await send(rig, '1');
    value(await acknowledgeMessage(rig.bridge, { channel: 'shop:build', reader: 'bob', messageId: first }));
    for (const text of ['2', '3', '4']) await send(rig, text);
    await send(rig, 'elsewhere', 'other');
    await tidyChannels(rig.bridge, { ...NO_LIMITS, keepMessages: 2 });
    expect(await read(rig, { reader: 'bob' })).toMatchObject({ dropped: 2, isStale: false });
    expect(texts(await read(rig, { reader: 'bob' }))).toEqual(['4']);
    expect(await read(rig, { reader: 'bob', sinceId: first })).toMatchObject({ dropped: 2, isStale: true });
    expect(await read(rig)).toMatchObject({ dropped: 0 });
    expect(await read(rig, { reader: 'new' })).toMatchObject({ dropped: 0 });
    const last = (await read(rig)).messages.at(-1)?.id ?? '';
    const ack = { channel: 'shop:build', reader: 'bob', messageId: last };
    expect(value(await acknowledgeMessage(rig.bridge, ack))).toMatchObject({ advanced: true, dropped: 2 });
    expect(value(await acknowledgeMessage(rig.bridge, ack))).toMatchObject({ advanced: false, dropped: 0 });
    expect(await read(rig, { reader: 'bob' })).toMatchObject({ dropped: 0 });
  });

  test('a consumer that missed all there was is told so, for as long again as messages are kept', async () => {
    await using rig = await createRig();
    const first = await send(rig, '1');
    value(await acknowledgeMessage(rig.bridge, { channel: 'shop:build', reader: 'bob', messageId: first }));
    await send(rig, '2');
    const tidy = () => tidyChannels(rig.bridge, { ...NO_LIMITS, keepDays: 1 });
    rig.clock.advance(2 * 86_400_000);
    await tidy();
    expect(await read(rig, { reader: 'bob' })).toMatchObject({ messages: [], dropped: 1 });
    rig.clock.advance(2 * 86_400_000);
    await tidy();
    expect(rig.rowsOf('readers')).toEqual([]);
  });

  test('readers of a channel that is gone are forgotten after the same time', async () => {
    await using rig = await createRig();
    const id = await send(rig, 'old');
    await acknowledgeMessage(rig.bridge, { channel: 'shop:build', reader: 'bob', messageId: id });
    rig.clock.advance(2 * 86_400_000);
    await tidyChannels(rig.bridge, { ...NO_LIMITS, keepDays: 1 });
    expect(rig.rowsOf('readers')).toEqual([]);
  });
});
