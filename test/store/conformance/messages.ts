import { beforeEach, describe, expect, test } from 'vitest';
import { asRunId } from '../../../src/project/ids.ts';
import {
  findMessageByRequest,
  giveWaiting,
  insertMessage,
  markDelivered,
  waitingMessages,
} from '../../../src/store/messages.ts';
import { addProject, addRun, id, minute, NOW } from '../rows.ts';
import type { StoreUnderTest } from './store-under-test.ts';

export function messagesConform({ write, read }: StoreUnderTest): void {
  describe('messages', () => {
    const message = (name: string, at: string, request: string | null = null) => ({
      id: name,
      project_id: id(1),
      message: name,
      request_id: request,
      created_at: at,
    });
    beforeEach(async () => {
      await write(async (trx) => {
        await addProject(trx, 1);
        await addRun(trx, { id: 'run', project_id: id(1) });
      });
    });

    test('messages wait, in the order in which they were sent whatever the clock says, until a run takes them in', async () => {
      await write(async (trx) => {
        await insertMessage(trx, message('first', minute(2)));
        await insertMessage(trx, message('second', minute(1)));
      });
      expect((await waitingMessages(read(), id(1))).map(({ id: name }) => name)).toEqual(['first', 'second']);
      expect(await write((trx) => markDelivered(trx, ['first'], asRunId('run'), minute(3)))).toBe(1);
      expect(await write((trx) => markDelivered(trx, ['first'], asRunId('run'), minute(4)))).toBe(0);
      expect((await waitingMessages(read(), id(1))).map(({ id: name }) => name)).toEqual(['second']);
    });

    test('messages of its project that wait are given to a run', async () => {
      const waiting = async () =>
        (await waitingMessages(read(), id(1))).map(({ id: name, runId }) => [name, runId]);
      await write(async (trx) => {
        await addProject(trx, 2);
        await insertMessage(trx, message('taken in', NOW));
        await markDelivered(trx, ['taken in'], asRunId('run'), NOW);
        await insertMessage(trx, message('early', NOW));
        await insertMessage(trx, { ...message('elsewhere', NOW), project_id: id(2) });
        await addRun(trx, { id: 'next', project_id: id(2) });
        await giveWaiting(trx, id(1), asRunId('next'));
        await insertMessage(trx, message('late', NOW));
      });
      expect(await waiting()).toEqual([
        ['early', 'next'],
        ['late', null],
      ]);
      expect(await waitingMessages(read(), id(2))).toMatchObject([{ runId: null }]);
    });

    test('a request makes one message, and it is found again', async () => {
      const first = await write((trx) => insertMessage(trx, message('a', NOW, 'r')));
      expect(await findMessageByRequest(read(), id(1), 'r')).toEqual(first);
      expect(await findMessageByRequest(read(), id(1), 's')).toBeUndefined();
      await expect(write((trx) => insertMessage(trx, message('b', NOW, 'r')))).rejects.toThrow(/UNIQUE/i);
    });
  });
}
