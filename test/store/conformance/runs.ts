import { beforeEach, describe, expect, test } from 'vitest';
import { asRunId } from '../../../src/project/ids.ts';
import { EMPTY_LIVE_STATE } from '../../../src/project/run.ts';
import { findProject } from '../../../src/store/projects.ts';
import { spentBetween } from '../../../src/store/run-facts.ts';
import { putLiveStates } from '../../../src/store/run-live.ts';
import { closeRun, findRun, openRuns, openRunsOf, runsOf, updateRun } from '../../../src/store/runs.ts';
import { addProject, addRun, endedAt, id, minute, NOW } from '../rows.ts';
import type { StoreUnderTest } from './store-under-test.ts';

export function runsConform({ write, read }: StoreUnderTest): void {
  describe('runs', () => {
    beforeEach(async () => {
      await write(async (trx) => {
        await addProject(trx, 1);
        await addProject(trx, 2);
      });
    });

    test('a run begins with nothing known of its process', async () => {
      await write((trx) =>
        addRun(trx, { id: 'a', project_id: id(1), model: 'opus', kind: 'revise', round: 2 }),
      );
      expect(await findRun(read(), asRunId('a'))).toMatchObject({
        id: 'a',
        projectId: id(1),
        kind: 'revise',
        round: 2,
        model: 'opus',
        pid: null,
        pidStartedAt: null,
        claudeVersion: null,
        live: EMPTY_LIVE_STATE,
        costUsd: 0,
        outcome: null,
        spawnedAt: null,
        readyAt: null,
        endedAt: null,
      });
    });

    test('a second open run of the same project is refused', async () => {
      await write((trx) => addRun(trx, { id: 'a', project_id: id(1), workspace: '/a' }));
      const second = write((trx) => addRun(trx, { id: 'b', project_id: id(1), workspace: '/b' }));
      await expect(second).rejects.toThrow(/UNIQUE/i);
    });

    test('a second open run in the same workspace is refused', async () => {
      await write((trx) => addRun(trx, { id: 'a', project_id: id(1), workspace: '/a' }));
      const second = write((trx) => addRun(trx, { id: 'b', project_id: id(2), workspace: '/a' }));
      await expect(second).rejects.toThrow(/UNIQUE/i);
    });

    test('a run may begin when the one before has ended', async () => {
      await write((trx) => addRun(trx, { id: 'a', project_id: id(1), workspace: '/a' }));
      await write((trx) => closeRun(trx, asRunId('a'), { kind: 'throttled' }, endedAt(minute(1))));
      await write((trx) =>
        addRun(trx, { id: 'b', project_id: id(1), workspace: '/a', created_at: minute(2) }),
      );
      expect((await openRunsOf(read(), [id(1), id(2)])).map((run) => run.id)).toEqual(['b']);
      expect((await runsOf(read(), id(1))).map((run) => run.id)).toEqual(['a', 'b']);
      expect(await openRunsOf(read(), [])).toEqual([]);
    });

    test('a project names its run under way, until that one ends', async () => {
      const named = async () => (await findProject(read(), id(1)))?.runId;
      expect(await named()).toBeNull();
      await write((trx) => addRun(trx, { id: 'a', project_id: id(1) }));
      expect(await named()).toBe('a');
      const end = () =>
        write((trx) => closeRun(trx, asRunId('a'), { kind: 'throttled' }, endedAt(minute(1))));
      expect(await end()).toBe(true);
      expect(await named()).toBeNull();
      await write((trx) => addRun(trx, { id: 'b', project_id: id(1) }));
      expect(await end()).toBe(false);
      expect(await named()).toBe('b');
    });

    test('a run of an unknown project is refused', async () => {
      await expect(write((trx) => addRun(trx, { id: 'a', project_id: id(9) }))).rejects.toThrow(
        /FOREIGN KEY/i,
      );
    });

    test('a run ends once, with an outcome that comes back whole', async () => {
      await write((trx) => addRun(trx, { id: 'a', project_id: id(1) }));
      const outcome = { kind: 'crashed', code: null, signal: 'SIGKILL', stderr: 'oh "no"\n😀' } as const;
      const live = { ...EMPTY_LIVE_STATE, turns: 7, currentTool: 'Bash' };
      const end = { ...endedAt(minute(5)), cost: { usd: 0.25, basis: 'estimated' as const }, live };
      expect(await write((trx) => closeRun(trx, asRunId('a'), outcome, end))).toBe(true);
      expect(
        await write((trx) => closeRun(trx, asRunId('a'), { kind: 'submitted' }, endedAt(minute(6)))),
      ).toBe(false);
      expect(await findRun(read(), asRunId('a'))).toMatchObject({
        outcome,
        live,
        costUsd: 0.25,
        costBasis: 'estimated',
        endedAt: minute(5),
      });
    });

    test("a run's process, live state and model are recorded as they become known", async () => {
      await write((trx) => addRun(trx, { id: 'a', project_id: id(1) }));
      await write(async (trx) => {
        await updateRun(trx, asRunId('a'), { pid: 42, pid_started_at: 't', spawned_at: minute(1) });
        const live = { ...EMPTY_LIVE_STATE, costUsd: 0.5, currentTodo: 'write' };
        await putLiveStates(trx, new Map([[asRunId('a'), live]]));
      });
      expect(await findRun(read(), asRunId('a'))).toMatchObject({
        pid: 42,
        pidStartedAt: 't',
        spawnedAt: minute(1),
        live: { ...EMPTY_LIVE_STATE, costUsd: 0.5, currentTodo: 'write' },
      });
    });

    test('runs come in the order in which they were recorded, whatever their times say', async () => {
      for (const [run, at] of [
        ['b', minute(0)],
        ['c', minute(-24 * 60)],
        ['a', minute(-23 * 60)],
      ] as const) {
        await write(async (trx) => {
          await addRun(trx, { id: run, project_id: id(1), created_at: at });
          await closeRun(trx, asRunId(run), { kind: 'throttled' }, endedAt(at));
        });
      }
      expect((await runsOf(read(), id(1))).map((run) => run.id)).toEqual(['b', 'c', 'a']);
    });

    test('open runs are known, in the order in which they were recorded', async () => {
      await write(async (trx) => {
        await addRun(trx, { id: 'b', project_id: id(2), created_at: minute(2) });
        await addRun(trx, { id: 'a', project_id: id(1), created_at: minute(1) });
      });
      expect((await openRuns(read())).map((run) => run.id)).toEqual(['b', 'a']);
      await write((trx) => closeRun(trx, asRunId('b'), { kind: 'refused' }, endedAt(minute(3))));
      expect((await openRuns(read())).map((run) => run.id)).toEqual(['a']);
    });

    test('the cost of runs adds up by day, and those of unknown cost are counted', async () => {
      expect(await spentBetween(read(), NOW, minute(40))).toEqual({ usd: 0, unknown: 0, dearestUsd: 0 });
      for (const [run, project, at, usd] of [
        ['a', id(1), minute(-10), 1.5],
        ['b', id(1), minute(10), 0.25],
        ['c', id(2), minute(20), 0.125],
        ['d', id(2), minute(30), null],
        ['e', id(2), minute(40), 4],
      ] as const) {
        await write(async (trx) => {
          await addRun(trx, { id: run, project_id: project, created_at: at });
          await closeRun(
            trx,
            asRunId(run),
            { kind: 'submitted' },
            { ...endedAt(at), cost: { usd, basis: 'reported' } },
          );
        });
      }
      expect(await spentBetween(read(), NOW, minute(40))).toEqual({
        usd: 0.375,
        unknown: 1,
        dearestUsd: 0.25,
      });
      expect(await findRun(read(), asRunId('d'))).toMatchObject({ costUsd: null });
    });

    test('a run under way adds what it has cost so far, and once it has ended only what it has cost', async () => {
      const spent = () => spentBetween(read(), NOW, minute(40));
      const live = { ...EMPTY_LIVE_STATE, costUsd: 0.5 };
      await write(async (trx) => {
        await addProject(trx, 3);
        await addRun(trx, { id: 'a', project_id: id(1), workspace: '/a' });
        await addRun(trx, { id: 'b', project_id: id(2), workspace: '/b' });
        await addRun(trx, { id: 'before', project_id: id(3), created_at: minute(-10) });
        await putLiveStates(trx, new Map(['a', 'b', 'before'].map((run) => [asRunId(run), live])));
      });
      expect(await spent()).toEqual({ usd: 1, unknown: 0, dearestUsd: 0.5 });
      await write((trx) => putLiveStates(trx, new Map([[asRunId('b'), { ...live, costUsd: 0.75 }]])));
      expect(await spent()).toEqual({ usd: 1.25, unknown: 0, dearestUsd: 0.75 });
      const cost = { usd: 0.625, basis: 'reported' as const };
      await write((trx) => closeRun(trx, asRunId('b'), { kind: 'refused' }, { ...endedAt(minute(1)), cost }));
      expect(await spent()).toEqual({ usd: 1.125, unknown: 0, dearestUsd: 0.625 });
    });
  });
}
