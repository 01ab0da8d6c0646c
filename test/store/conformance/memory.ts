import { describe, expect, test } from 'vitest';
import {
  deleteOldestVersions,
  deleteVersionsBeyond,
  findVersion,
  forgetKeys,
  insertVersion,
  keysAfter,
  memoryTotals,
  newestVersion,
  supersededBytes,
  versionsOf,
} from '../../../src/store/memory.ts';
import { minute } from '../rows.ts';
import type { StoreUnderTest } from './store-under-test.ts';

export function memoryConform({ write, read }: StoreUnderTest): void {
  const set = async (key: string, value: string | null, at = minute(1), runId: string | null = null) =>
    (
      await write((trx) =>
        insertVersion(trx, { key, value, author: runId === null ? 'person' : 'code', runId, now: at }),
      )
    ).version;
  const names = (heads: readonly { key: string }[]) => heads.map(({ key }) => key);
  const versions = async (key: string) => (await versionsOf(read(), key)).map(({ version }) => version);

  describe('the shared memory', () => {
    test('the newest version of a key counts, and each one that is kept can be read', async () => {
      const first = await set('a', '"é"');
      const second = await set('a', '2', minute(2));
      expect(second).toBeGreaterThan(first);
      expect(await newestVersion(read(), 'a')).toEqual({
        ...{ key: 'a', version: second, bytes: 1, isDeleted: false, author: 'person', runId: null },
        ...{ writtenAt: minute(2), value: '2' },
      });
      expect(await findVersion(read(), 'a', first)).toMatchObject({ bytes: 4, value: '"é"' });
      expect(await findVersion(read(), 'b', first)).toBeUndefined();
      expect(await newestVersion(read(), 'b')).toBeUndefined();
      expect(await versions('a')).toEqual([second, first]);
    });

    test('a version never comes again, also of a key that was forgotten', async () => {
      await set('a', '1');
      const deleted = await set('a', null, minute(2));
      expect(await write((trx) => forgetKeys(trx, minute(3), 9))).toBe(1);
      expect(await versions('a')).toEqual([]);
      expect(await set('a', '1')).toBeGreaterThan(deleted);
    });

    test('keys are listed by the bytes of their names, page after page, without deleted ones', async () => {
      for (const key of ['b:2', 'a', 'b:1', 'b', 'B', 'é', 'b;']) await set(key, '1');
      await set('b:1', null);
      expect(names(await keysAfter(read(), '', '', 9))).toEqual(['B', 'a', 'b', 'b:2', 'b;', 'é']);
      expect(names(await keysAfter(read(), 'b:', '', 9))).toEqual(['b:2']);
      expect(names(await keysAfter(read(), '', 'a', 2))).toEqual(['b', 'b:2']);
      expect(names(await keysAfter(read(), '%', '', 9))).toEqual([]);
    });

    test('what the newest versions take is added up apart from what the earlier ones take', async () => {
      expect(await memoryTotals(read())).toEqual({ keys: 0, bytes: 0 });
      expect(await supersededBytes(read())).toEqual({ versions: 0, bytes: 0 });
      await set('a', '"éé"');
      await set('a', '1');
      await set('b', '22');
      await set('c', '333');
      await set('c', null);
      expect(await memoryTotals(read())).toEqual({ keys: 2, bytes: 3 });
      expect(await supersededBytes(read())).toEqual({ versions: 2, bytes: 9 });
    });

    test('versions that a run wrote go before those of others, and the newest of a key never', async () => {
      const mine = await set('a', '1');
      const theirs = [await set('a', '2', minute(2), 'run'), await set('a', '3', minute(3), 'run')];
      const other = await set('b', '1');
      const newest = await set('a', '4', minute(4), 'run');
      await write((trx) => deleteVersionsBeyond(trx, 'a', 3));
      expect(await versions('a')).toEqual([newest, theirs[1], mine]);
      await write((trx) => deleteVersionsBeyond(trx, 'a', 2));
      expect(await versions('a')).toEqual([newest, mine]);
      await write((trx) => deleteVersionsBeyond(trx, 'a', 1));
      expect(await versions('a')).toEqual([newest]);
      expect(await versions('b')).toEqual([other]);
    });

    test('the versions that were superseded first go first, and none that counts', async () => {
      const a = await set('a', '1', minute(1));
      const b = await set('b', '1', minute(2));
      const newB = await set('b', '2', minute(3));
      const newA = await set('a', '2', minute(4));
      expect(await write((trx) => deleteOldestVersions(trx, 1))).toBe(1);
      expect([await versions('a'), await versions('b')]).toEqual([[newA, a], [newB]]);
      expect(await write((trx) => deleteOldestVersions(trx, 9))).toBe(1);
      expect([await versions('a'), await versions('b')]).toEqual([[newA], [newB]]);
      expect(b).toBeLessThan(newB);
    });

    test('a deleted key is forgotten with its versions once its time is over, and at most so many at a time', async () => {
      for (const key of ['old', 'older', 'kept']) await set(key, '1', minute(1));
      await set('older', null, minute(2));
      await set('old', null, minute(3));
      await set('new', '1', minute(1));
      await set('new', null, minute(5));
      expect(await write((trx) => forgetKeys(trx, minute(4), 1))).toBe(1);
      expect(await write((trx) => forgetKeys(trx, minute(4), 9))).toBe(1);
      expect(await write((trx) => forgetKeys(trx, minute(4), 9))).toBe(0);
      expect((await versions('old')).concat(await versions('older'))).toEqual([]);
      expect(await versions('kept')).toHaveLength(1);
      expect(await newestVersion(read(), 'new')).toMatchObject({ isDeleted: true, value: null });
    });
  });
}
