import { describe, expect, test } from 'vitest';
import { appendEvent, eventsAfter, newestEventId } from '../../../src/store/events.ts';
import { addProject, id, NOW } from '../rows.ts';
import type { StoreUnderTest } from './store-under-test.ts';

export function eventsConform({ write, read }: StoreUnderTest): void {
  describe('events', () => {
    const event = (type: string, project: string | null = null) => ({
      projectId: project,
      runId: null,
      type,
      actor: 'person',
      data: { nested: { list: [1, 'two', null] } },
      createdAt: NOW,
    });

    test('are read on from a cursor, of all or of one project', async () => {
      expect(await newestEventId(read())).toBe(0);
      await write(async (trx) => {
        await addProject(trx, 1);
        await appendEvent(trx, event('a'));
        await appendEvent(trx, event('b', id(1)));
        await appendEvent(trx, event('c'));
      });
      const types = async (...args: [number, number, string?]) =>
        (await eventsAfter(read(), ...args)).map(({ type }) => type).join('');
      expect(await types(0, 10)).toBe('abc');
      expect(await types(0, 2)).toBe('ab');
      expect(await types(0, 10, id(1))).toBe('b');
      const [first] = await eventsAfter(read(), 0, 1);
      expect(await types(first?.id ?? 0, 10)).toBe('bc');
      expect(await types(await newestEventId(read()), 10)).toBe('');
    });

    test('their data comes back as it was', async () => {
      await write((trx) => appendEvent(trx, event('a')));
      const [stored] = await eventsAfter(read(), 0, 1);
      expect(stored).toMatchObject(event('a'));
    });

    test('an id is never given twice, so that a cursor misses nothing', async () => {
      await write((trx) => appendEvent(trx, event('a')));
      const before = await newestEventId(read());
      await write(async (trx) => {
        await trx.deleteFrom('events').execute();
      });
      await write((trx) => appendEvent(trx, event('b')));
      expect(await newestEventId(read())).toBeGreaterThan(before);
    });
  });
}
