import { describe, expect, test } from 'vitest';
import { countByStatus, findProject } from '../../../src/store/projects.ts';
import { addProject, id } from '../rows.ts';
import type { StoreUnderTest } from './store-under-test.ts';

export function transactionsConform({ database, connect, write, read }: StoreUnderTest): void {
  describe('transactions', () => {
    test('are committed whole, and then seen by every connection', async () => {
      const other = connect();
      await write(async (trx) => {
        await addProject(trx, 1);
        await addProject(trx, 2);
      });
      expect(await findProject(other.read, id(2))).toMatchObject({ title: 'Project 2' });
    });

    test('leave nothing when they throw, and the next one works', async () => {
      const failing = write(async (trx) => {
        await addProject(trx, 1);
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(await findProject(read(), id(1))).toBeUndefined();
      await write((trx) => addProject(trx, 1));
      expect(await findProject(read(), id(1))).toBeDefined();
    });

    test('of one connection stand in line', async () => {
      const order: string[] = [];
      const slow = write(async (trx) => {
        await addProject(trx, 1);
        await new Promise((resolve) => setImmediate(resolve));
        order.push('first');
      });
      const fast = write(async () => {
        order.push('second');
      });
      await Promise.all([slow, fast]);
      expect(order).toEqual(['first', 'second']);
    });

    test('of two connections wait for each other, and both are kept', async () => {
      const other = connect();
      await Promise.all([
        write(async (trx) => {
          await addProject(trx, 1);
          await new Promise((resolve) => setImmediate(resolve));
        }),
        other.write((trx) => addProject(trx, 2)),
      ]);
      expect(await countByStatus(read())).toEqual({ pending: 2 });
    });

    test('change the data version of the others, and only theirs', async () => {
      const other = connect();
      const [mine, theirs] = [database().dataVersion(), other.dataVersion()];
      const commits = database().ownCommits();
      await write((trx) => addProject(trx, 1));
      expect(database().dataVersion()).toBe(mine);
      expect(database().ownCommits()).toBe(commits + 1);
      expect(other.dataVersion()).not.toBe(theirs);
      expect(other.ownCommits()).toBe(0);
    });
  });
}
