import { describe, expect, test } from 'vitest';
import { RELAY_CHANNEL } from '../../../src/project/relay.ts';
import {
  channelMessagesAfter,
  channelSenders,
  channelSummaries,
  channelTotals,
  deleteChannel,
  deleteChannelMessages,
  findChannelMessage,
  findChannelMessageByKey,
  insertChannelMessage,
  messagesBefore,
  numberBeforeNewest,
  oldestMessages,
} from '../../../src/store/channels.ts';
import {
  countDropped,
  deleteIdleReaders,
  deleteReadersOf,
  droppedByChannel,
  findReader,
  putReader,
} from '../../../src/store/readers.ts';
import { markRead, readMarks } from '../../../src/store/reads.ts';
import { minute } from '../rows.ts';
import type { StoreUnderTest } from './store-under-test.ts';

export function channelsConform({ write, read }: StoreUnderTest): void {
  const message = (id: string, channel = 'shop', at = minute(1)) => ({
    id,
    channel,
    sender: 'alice',
    content: `é ${id}`,
    dedupe_key: null as string | null,
    content_hash: null,
    created_at: at,
    stored_at: at,
  });
  const add = (...rows: ReturnType<typeof message>[]) =>
    write(async (trx) => {
      const added = [];
      for (const row of rows) added.push((await insertChannelMessage(trx, row)).number);
      return added;
    });
  const idsIn = async (channel: string, after = 0) =>
    (await channelMessagesAfter(read(), channel, after, 9)).map(({ id }) => id);

  describe('messages in channels', () => {
    test('messages come in the order of their numbers, each channel by itself, whatever the clock says', async () => {
      const [first = 0] = await add(
        message('a', 'shop', minute(3)),
        message('b', 'other', minute(2)),
        message('c', 'shop', minute(1)),
      );
      expect(await idsIn('shop')).toEqual(['a', 'c']);
      expect(await idsIn('shop', first)).toEqual(['c']);
      expect(await idsIn('shop', await numberBeforeNewest(read(), 'shop', 1))).toEqual(['c']);
      expect(await findChannelMessage(read(), 'b')).toMatchObject({ channel: 'other', content: 'é b' });
    });

    test('the number of a message that was deleted never comes again', async () => {
      const [deleted = 0] = await add(message('a'));
      expect(await write((trx) => deleteChannel(trx, 'shop'))).toBe(1);
      const [next = 0] = await add(message('b'));
      expect(next).toBeGreaterThan(deleted);
    });

    test('a key is taken once by each sender of a channel, and messages without one are many', async () => {
      const keyed = (id: string, sender: string) => ({ ...message(id), sender, dedupe_key: 'k' });
      await add(keyed('a', 'alice'), keyed('b', 'bob'), message('c'), message('d'));
      await expect(add(keyed('e', 'alice'))).rejects.toThrow();
      expect((await findChannelMessageByKey(read(), 'shop', 'bob', 'k'))?.message.id).toBe('b');
      expect(await findChannelMessageByKey(read(), 'other', 'bob', 'k')).toBeUndefined();
    });

    test('channels are listed by name with how many and which is the newest, and the relay is none of them', async () => {
      await add(
        message('a', 'b:x'),
        message('b', 'a'),
        message('c', 'a', minute(2)),
        message('r', RELAY_CHANNEL),
      );
      expect(await channelSummaries(read())).toMatchObject([
        { channel: 'a', count: 2, lastAt: minute(2) },
        { channel: 'b:x', count: 1 },
      ]);
      expect(await channelSummaries(read(), 'b:')).toMatchObject([{ channel: 'b:x' }]);
      expect(await channelSenders(read())).toEqual([
        { channel: 'a', sender: 'alice' },
        { channel: 'b:x', sender: 'alice' },
      ]);
      expect(await channelTotals(read())).toEqual({ messages: 3, bytes: 12 });
    });

    test('what goes for its age or its number is the oldest, and never of the relay', async () => {
      const [, a = 0, b = 0] = await add(
        message('r', RELAY_CHANNEL, minute(1)),
        message('a', 'shop', minute(1)),
        message('b', 'shop', minute(2)),
        message('c', 'shop', minute(3)),
      );
      expect(await messagesBefore(read(), minute(2), 9)).toEqual([{ number: a, channel: 'shop' }]);
      expect((await messagesBefore(read(), minute(9), 2)).map(({ number }) => number)).toEqual([a, b]);
      expect((await oldestMessages(read(), 2)).map(({ number }) => number)).toEqual([a, b]);
      await write((trx) => deleteChannelMessages(trx, [a, b]));
      expect(await idsIn('shop')).toEqual(['c']);
      expect(await idsIn(RELAY_CHANNEL)).toEqual(['r']);
    });
  });

  describe('readers of channels', () => {
    const position = (reader: string, channel: string, number: number, at = minute(1)) => ({
      reader,
      channel,
      number,
      messageId: `m${number}`,
      metadata: { at: number },
      updatedAt: at,
    });

    test('a reader has one position in each channel', async () => {
      await write(async (trx) => {
        await putReader(trx, position('bob', 'shop', 1));
        await putReader(trx, position('bob', 'other', 2));
        await putReader(trx, position('bob', 'shop', 3));
      });
      expect(await findReader(read(), 'bob', 'shop')).toEqual({ ...position('bob', 'shop', 3), dropped: 0 });
      expect(await findReader(read(), 'bob', 'other')).toEqual({
        ...position('bob', 'other', 2),
        dropped: 0,
      });
      await write((trx) => deleteReadersOf(trx, 'shop'));
      expect(await findReader(read(), 'bob', 'shop')).toBeUndefined();
      expect(await findReader(read(), 'bob', 'other')).toBeDefined();
    });

    test('each reader is told how many messages went that it has not acknowledged, until it moves on', async () => {
      const [a = 0, b = 0, c = 0] = await add(message('a'), message('b'), message('c', 'other'));
      await write(async (trx) => {
        await putReader(trx, position('behind', 'shop', a - 1));
        await putReader(trx, position('between', 'shop', a));
        await putReader(trx, position('done', 'shop', b));
        await countDropped(trx, [{ number: a, channel: 'shop' }], minute(2));
        await countDropped(
          trx,
          [
            { number: b, channel: 'shop' },
            { number: c, channel: 'other' },
          ],
          minute(3),
        );
        await countDropped(trx, [], minute(4));
      });
      const dropped = async (reader: string) => (await findReader(read(), reader, 'shop'))?.dropped;
      expect([await dropped('behind'), await dropped('between'), await dropped('done')]).toEqual([2, 1, 0]);
      expect(await droppedByChannel(read(), 'behind')).toEqual([{ channel: 'shop', dropped: 2 }]);
      expect(await droppedByChannel(read(), 'done')).toEqual([]);
      await write((trx) => putReader(trx, position('behind', 'shop', c)));
      expect(await dropped('behind')).toBe(0);
    });

    test('a reader that has missed something is known for as long again', async () => {
      await write(async (trx) => {
        await putReader(trx, position('bob', 'gone', 1));
        await countDropped(trx, [{ number: 2, channel: 'gone' }], minute(4));
        await deleteIdleReaders(trx, minute(3));
      });
      expect(await findReader(read(), 'bob', 'gone')).toMatchObject({ dropped: 1 });
      await write((trx) => deleteIdleReaders(trx, minute(5)));
      expect(await findReader(read(), 'bob', 'gone')).toBeUndefined();
    });

    test('readers that have not moved are forgotten where nothing is left to read', async () => {
      await add(message('a', 'shop'));
      await write(async (trx) => {
        await putReader(trx, position('old', 'gone', 1));
        await putReader(trx, position('new', 'gone', 1, minute(5)));
        await putReader(trx, position('old', 'shop', 1));
        await deleteIdleReaders(trx, minute(3));
      });
      expect(await findReader(read(), 'old', 'gone')).toBeUndefined();
      expect(await findReader(read(), 'new', 'gone')).toBeDefined();
      expect(await findReader(read(), 'old', 'shop')).toBeDefined();
    });
  });

  describe('marks of read messages', () => {
    test('the first time that a reader has read a message stays, and its marks go with it', async () => {
      const [a = 0, b = 0] = await add(message('a'), message('b'));
      await write((trx) => markRead(trx, [{ reader: 'code', number: a, readAt: minute(1) }]));
      await write((trx) =>
        markRead(trx, [
          { reader: 'code', number: a, readAt: minute(2) },
          { reader: 'desktop', number: b, readAt: minute(2) },
        ]),
      );
      const marks = await readMarks(read(), 'shop');
      expect(marks.toSorted((x, y) => x.number - y.number)).toEqual([
        { reader: 'code', number: a, readAt: minute(1) },
        { reader: 'desktop', number: b, readAt: minute(2) },
      ]);
      expect(await readMarks(read(), 'other')).toEqual([]);
      await write((trx) => deleteChannelMessages(trx, [a]));
      expect(await readMarks(read(), 'shop')).toMatchObject([{ number: b }]);
    });
  });
}
