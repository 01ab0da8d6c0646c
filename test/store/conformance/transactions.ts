import { describe, expect, test } from 'vitest';
import { countByStatus, findProject } from '../../../src/store/projects.ts';
import { addProject, id } from '../rows.ts';
import type { StoreUnderTest } from './store-under-test.ts';

export function transactionsConform({ database, connect, write, read }: StoreUnderTest): void {
  describe('transactions', () => {
    test('a transaction is committed whole, and then seen by every connection', async () => {
      const other = await connect();
      await write(async (trx) => {
        await addProject(trx, 1);
        await addProject(trx, 2);
      });
      expect(await findProject(other.read, id(2))).toMatchObject({ title: 'Project 2' });
    });

    test('a transaction that throws leaves nothing, and the next one works', async () => {
      const failing = write(async (trx) => {
        await addProject(trx, 1);
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(await findProject(read(), id(1))).toBeUndefined();
      await write((trx) => addProject(trx, 1));
      expect(await findProject(read(), id(1))).toBeDefined();
    });

    test('transactions of one connection queue', async () => {
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

    test('transactions of two connections wait for each other, and both are kept', async () => {
      const other = await connect();
      await Promise.all([
        write(async (trx) => {
          await addProject(trx, 1);
          await new Promise((resolve) => setImmediate(resolve));
        }),
        other.write(({ trx }) => addProject(trx, 2)),
      ]);
      expect(await countByStatus(read())).toEqual({ pending: 2 });
    });

    test('a transaction is reported to the other connections, and to its own if that asks for it', async () => {
      const other = await connect();
      const feeds = {
        others: database().changes('others'),
        anyone: database().changes('anyone'),
        elsewhere: other.changes('others'),
      };
      await write((trx) => addProject(trx, 1));
      const never = new AbortController().signal;
      await feeds.anyone.changed(never);
      await feeds.elsewhere.changed(never);
      // Not told of its own commit, this one still waits for the first of another.
      let told = false;
      const waiting = feeds.others.changed(never).then(() => {
        told = true;
      });
      await findProject(read(), id(1));
      expect(told).toBe(false);
      await other.write(({ trx }) => addProject(trx, 2));
      await waiting;
      for (const feed of Object.values(feeds)) feed.close();
    });

    test('a transaction is given the time it is made at', async () => {
      expect(await database().write(async ({ now }) => now)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    });
  });
}
