import { describe, expect, test } from 'vitest';
import { nextReadyTime } from '../../src/bridge/claim.ts';
import { steer } from '../../src/bridge/control.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { projectDetails } from '../../src/bridge/queries.ts';
import { ordersFor } from '../../src/bridge/runs.ts';
import { accepted, begin, ending, send, start, supervised, TOKEN } from './steps.ts';

const DAY_MS = 24 * 3_600_000;

describe('after the clock was set back by a day', () => {
  test('the last run is the one that was recorded last, even after the clock was set back', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const first = await begin(rig);
    await endRun({ bridge: rig.bridge, token: TOKEN }, first.run, { kind: 'interrupted' }, ending);
    rig.clock.advance(-DAY_MS);
    const second = await begin(rig);
    await endRun({ bridge: rig.bridge, token: TOKEN }, second.run, { kind: 'lost', message: '' }, ending);
    rig.clock.advance(1_000);
    const third = await begin(rig);
    expect(third.earlier.map(({ id }) => id)).toEqual([first.run.id, second.run.id]);
    const { runs } = accepted(await projectDetails(rig.bridge, id));
    expect(runs.map((run) => run.id)).toEqual([first.run.id, second.run.id, third.run.id]);
  });

  test('a back-off does not last a day after the clock was set back', async () => {
    await using rig = await supervised();
    await send(rig);
    const { run } = await begin(rig);
    const { project } = await endRun(
      { bridge: rig.bridge, token: TOKEN },
      run,
      { kind: 'stalled', silentMs: 1 },
      ending,
    );
    expect(await nextReadyTime(rig.bridge)).toEqual(new Date(project.notBefore ?? ''));
    expect(await start(rig)).toBeUndefined();
    rig.clock.advance(-DAY_MS);
    expect(await nextReadyTime(rig.bridge)).toBeUndefined();
    expect((await begin(rig)).run.projectId).toBe(project.id);
  });

  test('a run gets earlier messages in its prompt and later ones as messages, even after the clock was set back', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const say = async (words: string) => accepted(await steer(rig.bridge, id, words, 'person'));
    await say('before');
    rig.clock.advance(-DAY_MS);
    const { run, briefing } = await begin(rig);
    rig.clock.advance(-DAY_MS);
    await say('during');
    expect(briefing.messages).toMatchObject([{ message: 'before', runId: run.id }]);
    expect((await ordersFor(rig.bridge, run)).messages).toMatchObject([{ message: 'during', runId: null }]);
  });

  test('the next run gets the messages that the last one has not taken in, even after the clock was set back', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    accepted(await steer(rig.bridge, id, 'use Rust', 'person'));
    const first = await begin(rig);
    rig.clock.advance(-DAY_MS);
    await endRun({ bridge: rig.bridge, token: TOKEN }, first.run, { kind: 'interrupted' }, ending);
    const { run, briefing } = await begin(rig);
    expect(briefing.messages).toMatchObject([{ message: 'use Rust', runId: run.id }]);
  });
});
