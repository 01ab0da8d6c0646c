import { describe, expect, test } from 'vitest';
import { asRunId } from '../../../src/project/ids.ts';
import type { Reader, Writer } from '../../../src/store/database.ts';
import { allHolds, putHold } from '../../../src/store/holds.ts';
import { findProject } from '../../../src/store/projects.ts';
import { decisionsOf, insertDecision } from '../../../src/store/reviews.ts';
import { findRun } from '../../../src/store/runs.ts';
import { addProject, addRun, id, NOW } from '../rows.ts';
import type { StoreUnderTest } from './store-under-test.ts';

/** What a newer program may have written: a word for each list that grows, and who reads it. */
const WORDS: readonly [string, (trx: Writer) => Promise<unknown>, (db: Reader) => Promise<unknown>][] = [
  [
    'projects.status',
    (trx) =>
      trx
        .updateTable('projects')
        .set({ status: 'dreaming' as never })
        .execute(),
    (db) => findProject(db, id(1)),
  ],
  [
    'projects.claimed_by',
    (trx) =>
      trx
        .updateTable('projects')
        .set({ claimed_by: 'dreaming' as never })
        .execute(),
    (db) => findProject(db, id(1)),
  ],
  [
    'runs.kind',
    (trx) =>
      trx
        .updateTable('runs')
        .set({ kind: 'dreaming' as never })
        .execute(),
    (db) => findRun(db, asRunId('run-1')),
  ],
  [
    'runs.cost_basis',
    (trx) =>
      trx
        .updateTable('runs')
        .set({ cost_basis: 'dreaming' as never })
        .execute(),
    (db) => findRun(db, asRunId('run-1')),
  ],
  [
    'holds.kind',
    (trx) =>
      trx
        .updateTable('holds')
        .set({ kind: 'dreaming' as never })
        .execute(),
    allHolds,
  ],
];

export function unknownWordsConform({ write, read }: StoreUnderTest): void {
  describe('words that a newer program wrote', () => {
    test.each(
      WORDS,
    )('an unknown word is refused in words when %s is read', async (column, tamper, reader) => {
      await write(async (trx) => {
        await addProject(trx, 1);
        await addRun(trx, { id: 'run-1', project_id: id(1) });
        await putHold(trx, 'fleet', {
          kind: 'paused',
          scope: '',
          reason: 'lunch',
          since: NOW,
          until: null,
          source: 'person',
        });
        await tamper(trx);
      });
      await expect(reader(read())).rejects.toMatchObject({
        problem: 'newer-schema',
        message: expect.stringMatching(
          new RegExp(`holds 'dreaming' in ${column}, .* a newer one wrote it. Upgrade bridge-supervisor`),
        ),
      });
    });

    test('an unknown outcome of a run is read as an end that nobody saw', async () => {
      await write(async (trx) => {
        await addProject(trx, 1);
        await addRun(trx, { id: asRunId('run-1'), project_id: id(1) });
        await trx.updateTable('runs').set({ outcome: 'dreamt', ended_at: NOW }).execute();
      });
      expect((await findRun(read(), asRunId('run-1')))?.outcome).toEqual({
        kind: 'lost',
        message: expect.stringContaining("ended as 'dreamt'"),
      });
    });

    test('an unknown word leaves the rest of the store readable', async () => {
      await write(async (trx) => {
        for (const n of [1, 2]) await addProject(trx, n);
        await trx
          .updateTable('projects')
          .set({ status: 'dreaming' as never })
          .where('id', '=', id(1))
          .execute();
        await insertDecision(trx, {
          project_id: id(2),
          round: 1,
          verdict: 'approved',
          reason: '',
          decided_by: 'person',
          decided_via: 'cli',
          created_at: NOW,
        });
      });
      expect(await findProject(read(), id(2))).toBeDefined();
      expect(await decisionsOf(read(), id(2))).toHaveLength(1);
    });
  });
}
