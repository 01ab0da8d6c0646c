import { beforeEach, describe, expect, test } from 'vitest';
import {
  completionsOf,
  decisionsOf,
  findCompletion,
  findCompletionByRequest,
  findDecision,
  insertCompletion,
  insertDecision,
  lastDecision,
  newestCompletions,
} from '../../../src/store/reviews.ts';
import { addProject, id, minute } from '../rows.ts';
import type { StoreUnderTest } from './store-under-test.ts';

export function reviewsConform({ write, read }: StoreUnderTest): void {
  describe('reviews', () => {
    const completion = (round: number, request: string | null = null, attempt = 1) => ({
      project_id: id(1),
      round,
      attempt,
      run_id: null,
      files_created: '["a.ts"]',
      files_modified: '[]',
      summary: `round ${round}`,
      caveats: '',
      request_id: request,
      created_at: minute(round),
    });
    const decision = (round: number, verdict: 'approved' | 'rejected') => ({
      project_id: id(1),
      round,
      verdict,
      reason: verdict === 'rejected' ? 'no' : '',
      decided_by: 'desktop',
      decided_via: 'desktop' as const,
      created_at: minute(round),
    });
    beforeEach(async () => {
      await write((trx) => addProject(trx, 1));
    });

    test('what projects have submitted is found for the round that each is in', async () => {
      await write((trx) => addProject(trx, 2, { round: 2 }));
      await write((trx) => addProject(trx, 3));
      await write((trx) => insertCompletion(trx, completion(1)));
      for (const round of [1, 2])
        await write((trx) => insertCompletion(trx, { ...completion(round), project_id: id(2) }));
      await write((trx) => insertCompletion(trx, completion(1, null, 2)));
      const found = await newestCompletions(read(), [id(1), id(2), id(3)]);
      expect(found.map(({ projectId, round, attempt }) => [projectId, round, attempt]).sort()).toEqual([
        [id(1), 1, 2],
        [id(2), 2, 1],
      ]);
      expect(await newestCompletions(read(), [])).toEqual([]);
    });

    test('a round has one completion of each attempt, and the newest counts', async () => {
      await write((trx) => insertCompletion(trx, completion(1)));
      await expect(write((trx) => insertCompletion(trx, completion(1)))).rejects.toThrow(/UNIQUE/i);
      await write((trx) => insertCompletion(trx, completion(2, 'r')));
      expect(await findCompletion(read(), id(1), 1)).toMatchObject({
        filesCreated: ['a.ts'],
        filesModified: [],
        summary: 'round 1',
      });
      expect(await findCompletionByRequest(read(), id(1), null, 'r')).toMatchObject({ round: 2 });
      expect(await findCompletionByRequest(read(), id(1), id(7), 'r')).toBeUndefined();
      expect(await findCompletionByRequest(read(), id(2), null, 'r')).toBeUndefined();
      await write((trx) => insertCompletion(trx, completion(2, 'again', 2)));
      expect(await findCompletion(read(), id(1), 2)).toMatchObject({ attempt: 2 });
      expect(await findCompletion(read(), id(1), 2, 1)).toMatchObject({ attempt: 1 });
      const newest = (await completionsOf(read(), id(1))).map(({ round, attempt }) => [round, attempt]);
      expect(newest).toEqual([
        [1, 1],
        [2, 2],
      ]);
    });

    test('a round has one decision, and the newest is known', async () => {
      expect(await lastDecision(read(), id(1))).toBeUndefined();
      await write((trx) => insertDecision(trx, decision(2, 'approved')));
      await write((trx) => insertDecision(trx, decision(1, 'rejected')));
      await expect(write((trx) => insertDecision(trx, decision(1, 'approved')))).rejects.toThrow(/UNIQUE/i);
      expect(await findDecision(read(), id(1), 1)).toMatchObject({ verdict: 'rejected', reason: 'no' });
      expect(await lastDecision(read(), id(1))).toMatchObject({ round: 2, verdict: 'approved' });
      expect((await decisionsOf(read(), id(1))).map(({ round }) => round)).toEqual([1, 2]);
    });
  });
}
