import { describe, expect, test } from 'vitest';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { countByStatus } from '../../src/store/projects.ts';
import { openRuns } from '../../src/store/runs.ts';
import { createRig } from '../rig.ts';
import { beSupervisor, history, projectIn, TOKEN } from './steps.ts';

const claimer = new URL('fixtures/claim.ts', import.meta.url);
const PROJECTS = 200;

describe(`claim race of four processes for ${PROJECTS} projects`, () => {
  // Even if the lease did not exist, the store would keep them apart: here all four hold it.
  test.each([
    ['as the supervisor does', TOKEN],
    ['by hand', ''],
  ])('a claimed project belongs to one of four processes: %s', async (_, token) => {
    await using rig = await createRig();
    await beSupervisor(rig);
    const ids: string[] = [];
    for (let n = 0; n < PROJECTS; n++) ids.push(await projectIn(rig, 'pending'));
    const claimers = Array.from({ length: 4 }, () => rig.process(claimer, [rig.home, token]));
    await Promise.all(claimers.map(({ ready }) => ready));
    const claimed = (await Promise.all(claimers.map((one) => one.go()))) as string[][];
    expect(claimed.flat().sort()).toEqual(ids.sort());
    expect(await countByStatus(databaseOf(rig.bridge).read)).toEqual({ in_progress: PROJECTS });
    const events = await history(rig.bridge);
    expect(events.filter((type) => type === 'project.claimed')).toHaveLength(PROJECTS);
    expect(await openRuns(databaseOf(rig.bridge).read)).toHaveLength(token === '' ? 0 : PROJECTS);
  });
});
