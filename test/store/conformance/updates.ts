import { beforeEach, describe, expect, test } from 'vitest';
import { closeRun } from '../../../src/store/runs.ts';
import { findUpdateByRequest, insertUpdate, latestUpdatesOf, updatesOf } from '../../../src/store/updates.ts';
import { addProject, addRun, endedAt, id, NOW } from '../rows.ts';
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

    test('updates are read on from the last one seen', async () => {
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

    test('a request makes one update, and it is found again', async () => {
      const first = await write((trx) => insertUpdate(trx, update('a', 'r')));
      expect(await findUpdateByRequest(read(), id(1), null, 'r')).toEqual(first);
      expect(await findUpdateByRequest(read(), id(2), null, 'r')).toBeUndefined();
      await expect(write((trx) => insertUpdate(trx, update('b', 'r')))).rejects.toThrow(/UNIQUE/i);
      await write((trx) => insertUpdate(trx, { ...update('b', 'r'), project_id: id(2) }));
    });

    test('the same request of another run makes another update', async () => {
      const [one, two] = await write(async (trx) => {
        await addRun(trx, { id: id(1), project_id: id(1) });
        await closeRun(trx, id(1), { kind: 'no_completion' }, endedAt(NOW));
        await addRun(trx, { id: id(2), project_id: id(1) });
        const from = (run: number) => insertUpdate(trx, { ...update(`of ${run}`, 'r'), run_id: id(run) });
        return [await from(1), await from(2)];
      });
      expect(await findUpdateByRequest(read(), id(1), id(1), 'r')).toEqual(one);
      expect(await findUpdateByRequest(read(), id(1), id(2), 'r')).toEqual(two);
      expect(await findUpdateByRequest(read(), id(1), null, 'r')).toBeUndefined();
    });
  });
}
