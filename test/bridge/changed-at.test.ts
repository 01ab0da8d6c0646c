import { describe, expect, test } from 'vitest';
import type { Bridge } from '../../src/bridge/bridge.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { projectDetails } from '../../src/bridge/queries.ts';
import { recordAnswered, recordLive } from '../../src/bridge/runs.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import { EMPTY_LIVE_STATE, type Run } from '../../src/project/run.ts';
import { createRig, type Rig } from '../rig.ts';
import { accepted, begin, beSupervisor, current, ending, send, TOKEN } from './steps.ts';
import { VERBS } from './verbs.ts';

const lease = (rig: Rig) => ({ bridge: rig.bridge, token: TOKEN });

/** What a run is doing at the moment, and readings of it. */
function withoutLive({ live: _, answeredAt: __, ...run }: Run) {
  return run;
}

/** What `show` can say of a project, without when it last changed. */
async function visible(bridge: Bridge, id: ProjectId): Promise<unknown> {
  const details = accepted(await projectDetails(bridge, id));
  const { updatedAt: _, ...project } = details.project;
  return { ...details, project, runs: details.runs.map(withoutLive) };
}

async function allProjects({ bridge }: Rig) {
  const rows = await databaseOf(bridge).read.selectFrom('projects').select('id').execute();
  return new Map(
    await Promise.all(
      rows.map(async ({ id }) => {
        const { updatedAt } = await current(bridge, id);
        return [id, { updatedAt, shown: await visible(bridge, id) }] as const;
      }),
    ),
  );
}

/** Of each project: whether `change` could be seen, and whether `updatedAt` says so. */
async function changesOf(rig: Rig, change: () => Promise<unknown>) {
  const before = await allProjects(rig);
  rig.clock.advance(60_000);
  const now = rig.clock.now().toISOString();
  await change();
  return [...(await allProjects(rig))].map(([id, { updatedAt, shown }]) => ({
    isSeen: JSON.stringify(shown) !== JSON.stringify(before.get(id)?.shown),
    isDated: updatedAt === now,
    isAsBefore: updatedAt === before.get(id)?.updatedAt,
  }));
}

const SEEN = { isSeen: true, isDated: true, isAsBefore: false };
const UNSEEN = { isSeen: false, isDated: false, isAsBefore: true };

/** Verbs that change the supervisor or the queue as a whole. */
const OF_NO_PROJECT = ['pause', 'resume', 'takeLease', 'releaseLease', 'requestStop', 'imposeHold'];

describe('when a project last changed', () => {
  test.each(
    Object.entries(VERBS),
  )('a project is dated by each change of it that a person can see: %s', async (name, prepare) => {
    await using rig = await createRig();
    await beSupervisor(rig);
    await send(rig, '---\npriority: -9\n---\n# A bystander');
    const verb = await prepare(rig);
    const changes = await changesOf(rig, verb);
    const expected = OF_NO_PROJECT.includes(name) ? [] : [SEEN];
    expect(changes.filter(({ isSeen }) => isSeen)).toEqual(expected);
    expect(changes.filter(({ isSeen }) => !isSeen)).toEqual(
      changes.filter(({ isSeen }) => !isSeen).map(() => UNSEEN),
    );
  });

  test.each([
    [
      'doing',
      (rig: Rig, run: Run) => recordLive(lease(rig), new Map([[run.id, { ...EMPTY_LIVE_STATE, turns: 3 }]])),
    ],
    ['answered by the model', (rig: Rig, run: Run) => recordAnswered(lease(rig), run)],
  ])('a project is not dated by what its run is at the moment: %s', async (_, record) => {
    await using rig = await createRig();
    await beSupervisor(rig);
    await send(rig);
    const { run } = await begin(rig);
    expect(await changesOf(rig, () => record(rig, run))).toEqual([UNSEEN]);
  });

  test('a project is dated when a failure is no longer held against it, though the run is of another one', async () => {
    await using rig = await createRig();
    await beSupervisor(rig);
    const crash = { kind: 'crashed', code: 1, signal: null, stderr: '' } as const;
    const first = await send(rig, '# First');
    await endRun(lease(rig), (await begin(rig)).run, crash, ending);
    await send(rig, '# Second');
    await endRun(lease(rig), (await begin(rig)).run, crash, ending);
    expect(await current(rig.bridge, first.id)).toMatchObject({ status: 'in_progress', tries: 1 });
    await send(rig, '# Third');
    const { run } = await begin(rig);
    expect(await changesOf(rig, () => endRun(lease(rig), run, crash, ending))).toEqual([SEEN, SEEN, SEEN]);
    expect(await current(rig.bridge, first.id)).toMatchObject({ tries: 0, notBefore: null });
  });

  test('the end of a run gives back its project as it is stored', async () => {
    await using rig = await createRig();
    await beSupervisor(rig);
    const { id } = await send(rig);
    const { run } = await begin(rig);
    rig.clock.advance(1_000);
    const { project } = await endRun(lease(rig), run, { kind: 'stalled', silentMs: 1 }, ending);
    expect(project).toEqual(await current(rig.bridge, id));
  });
});
