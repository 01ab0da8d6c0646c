import { describe, expect, test } from 'vitest';
import { asRunId, LOCAL_MACHINE } from '../../../src/project/ids.ts';
import { nextReadyAt, readyProjects } from '../../../src/store/queue.ts';
import { closeRun } from '../../../src/store/runs.ts';
import { addProject, addRun, endedAt, id, minute, NOW } from '../rows.ts';
import type { StoreUnderTest } from './store-under-test.ts';

export function readyProjectsConform({ write, read }: StoreUnderTest): void {
  describe('ready projects', () => {
    const ready = async (limit = 100) =>
      (await readyProjects(read(), LOCAL_MACHINE, NOW, limit)).map((project) => project.id);

    test('ready projects come by priority, then age, then id', async () => {
      await write(async (trx) => {
        await addProject(trx, 1, { priority: 0, created_at: minute(1) });
        await addProject(trx, 2, { priority: 0, created_at: minute(0) });
        await addProject(trx, 3, { priority: 7, created_at: minute(9) });
        await addProject(trx, 5, { priority: -1, created_at: minute(0) });
        await addProject(trx, 4, { priority: -1, created_at: minute(0) });
      });
      expect(await ready()).toEqual([3, 2, 1, 4, 5].map(id));
      expect(await ready(2)).toEqual([3, 2].map(id));
    });

    test('ready projects are the pending ones and those the supervisor works on', async () => {
      await write(async (trx) => {
        await addProject(trx, 1);
        await addProject(trx, 2, { status: 'in_progress', claimed_by: 'supervisor' });
        await addProject(trx, 3, { status: 'rejected', claimed_by: 'supervisor' });
        await addProject(trx, 4, { status: 'in_progress', claimed_by: 'code' });
        await addProject(trx, 5, { status: 'rejected', claimed_by: 'code' });
        const others = [
          'verifying',
          'awaiting_approval',
          'approved',
          'complete',
          'cancelled',
          'attention',
        ] as const;
        for (const [i, status] of others.entries()) {
          await addProject(trx, 10 + i, { status, claimed_by: 'supervisor' });
        }
      });
      expect(await ready()).toEqual([1, 2, 3].map(id));
    });

    test('a project that waits out a back-off is not ready', async () => {
      await write(async (trx) => {
        await addProject(trx, 1, { not_before: minute(1) });
        await addProject(trx, 2, { not_before: NOW });
        await addProject(trx, 3, { not_before: minute(-1) });
      });
      expect(await ready()).toEqual([2, 3].map(id));
      const later = await readyProjects(read(), LOCAL_MACHINE, minute(1), 100);
      expect(later.map((project) => project.id)).toEqual([1, 2, 3].map(id));
    });

    test('a project whose back-off would last longer than any is ready: the clock was set back', async () => {
      await write(async (trx) => {
        await addProject(trx, 1, { not_before: minute(24 * 60) });
        await addProject(trx, 2, { not_before: minute(18) });
        await addProject(trx, 3, { not_before: minute(19) });
      });
      expect(await ready()).toEqual([1, 3].map(id));
      expect(await nextReadyAt(read(), NOW)).toBe(minute(18));
    });

    test('a project in whose workspace a run is under way is not ready, whoever the run belongs to', async () => {
      await write(async (trx) => {
        await addProject(trx, 1, { workspace: '/busy', status: 'in_progress', claimed_by: 'supervisor' });
        await addProject(trx, 2, { workspace: '/busy' });
        await addProject(trx, 3, { workspace: '/free' });
        await addRun(trx, { id: 'run', project_id: id(1), workspace: '/busy' });
      });
      expect(await ready()).toEqual([id(3)]);
      await write((trx) => closeRun(trx, asRunId('run'), { kind: 'lost', message: '' }, endedAt(NOW)));
      expect(await ready()).toEqual([1, 2, 3].map(id));
    });

    test('the next project to be ready after a back-off is known', async () => {
      expect(await nextReadyAt(read(), NOW)).toBeUndefined();
      await write(async (trx) => {
        await addProject(trx, 1, { not_before: minute(9) });
        await addProject(trx, 2, {
          not_before: minute(3),
          status: 'in_progress',
          claimed_by: 'supervisor',
        });
        await addProject(trx, 3, { not_before: minute(-3) });
        await addProject(trx, 4, { not_before: minute(1), status: 'cancelled' });
      });
      expect(await nextReadyAt(read(), NOW)).toBe(minute(3));
      expect(await nextReadyAt(read(), minute(3))).toBe(minute(9));
    });
  });
}
