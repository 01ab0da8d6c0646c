import { beforeEach, describe, expect, test } from 'vitest';
import { findUpdateByRequest, insertUpdate, latestUpdatesOf, updatesOf } from '../../../src/store/updates.ts';
import { addProject, id, NOW } from '../rows.ts';
import type { StoreUnderTest } from './store-under-test.ts';

export function updatesConform({ write, read }: StoreUnderTest): void {
  describe('updates', () => {
    const update = (message: string, request: string | null = null) => ({
      project_id: id(1),
      run_id: null,
      message,
      request_id: request,
      created_at: NOW,
    });
    beforeEach(async () => {
      await write(async (trx) => {
        await addProject(trx, 1);
        await addProject(trx, 2);
      });
    });

    test('are read on from the last one seen', async () => {
      const ids: number[] = [];
      for (const message of ['a', 'b', 'c', 'd']) {
        ids.push((await write((trx) => insertUpdate(trx, update(message)))).id);
      }
      const [, second = 0] = ids;
      const words = (updates: readonly { message: string }[]) =>
        updates.map(({ message }) => message).join('');
      expect(words(await updatesOf(read(), id(1), 0, 3))).toBe('abc');
      expect(words(await updatesOf(read(), id(1), second, 10))).toBe('cd');
      expect(words(await latestUpdatesOf(read(), id(1), 2))).toBe('cd');
      expect(await updatesOf(read(), id(2), 0, 10)).toEqual([]);
    });

    test('a request makes one, and it is found again', async () => {
      const first = await write((trx) => insertUpdate(trx, update('a', 'r')));
      expect(await findUpdateByRequest(read(), id(1), 'r')).toEqual(first);
      expect(await findUpdateByRequest(read(), id(2), 'r')).toBeUndefined();
      await expect(write((trx) => insertUpdate(trx, update('b', 'r')))).rejects.toThrow(/UNIQUE/i);
      await write((trx) => insertUpdate(trx, { ...update('b', 'r'), project_id: id(2) }));
    });
  });
}
