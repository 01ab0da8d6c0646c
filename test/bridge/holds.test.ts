import { describe, expect, test } from 'vitest';
import { endRun } from '../../src/bridge/end-run.ts';
import { currentHolds, imposeHold, liftHold, pause, resume } from '../../src/bridge/holds.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { recordAnswered } from '../../src/bridge/runs.ts';
import { HOLD_KINDS, type Hold } from '../../src/project/hold.ts';
import { BEGINNING, eventsAfter } from '../../src/store/events.ts';
import { createRig, type Rig } from '../rig.ts';
import { beSupervisor, changingNothing, ending, history, send, start, supervised, TOKEN } from './steps.ts';

const limit: Hold = {
  kind: 'usage_limit',
  scope: 'opus',
  reason: 'usage limit reached',
  since: '2026-03-01T12:00:00.000Z',
  until: '2026-03-01T15:00:00.000Z',
  source: 'run',
};

describe('holds', () => {
  test("a person's hold has no end of its own", async () => {
    await using rig = await createRig();
    await pause(rig.bridge, 'lunch', 'person');
    const since = rig.clock.now().toISOString();
    expect(await currentHolds(rig.bridge)).toMatchObject([
      { kind: 'paused', scope: '', reason: 'lunch', since, until: null, source: 'person' },
    ]);
    expect(await eventsAfter(databaseOf(rig.bridge).read, BEGINNING, 10)).toMatchObject([
      {
        projectId: null,
        type: 'hold.set',
        actor: 'person',
        data: { kind: 'paused', scope: '', reason: 'lunch', until: null },
        createdAt: since,
      },
    ]);
  });

  test.each(HOLD_KINDS)('the hold %s is set by the supervisor, and ended once', async (kind) => {
    await using rig = await createRig();
    await beSupervisor(rig);
    await imposeHold({ bridge: rig.bridge, token: TOKEN }, { ...limit, kind });
    expect(await currentHolds(rig.bridge)).toMatchObject([{ ...limit, kind }]);
    await liftHold({ bridge: rig.bridge, token: TOKEN }, { ...limit, kind });
    expect(await currentHolds(rig.bridge)).toEqual([]);
    await changingNothing(rig.bridge, () =>
      liftHold({ bridge: rig.bridge, token: TOKEN }, { ...limit, kind }),
    );
    expect(await history(rig.bridge)).toEqual(['supervisor.started', 'hold.set', 'hold.ended']);
  });

  test('a hold of one scope ends without the others', async () => {
    await using rig = await createRig();
    await beSupervisor(rig);
    await imposeHold({ bridge: rig.bridge, token: TOKEN }, limit);
    await imposeHold({ bridge: rig.bridge, token: TOKEN }, { ...limit, scope: 'sonnet' });
    await liftHold({ bridge: rig.bridge, token: TOKEN }, limit);
    expect(await currentHolds(rig.bridge)).toMatchObject([{ ...limit, scope: 'sonnet' }]);
  });

  test('a person who says "go on" ends all holds', async () => {
    await using rig = await createRig();
    await beSupervisor(rig);
    await imposeHold({ bridge: rig.bridge, token: TOKEN }, limit);
    await pause(rig.bridge, '', 'person');
    expect((await resume(rig.bridge, 'person')).map(({ kind }) => kind).sort()).toEqual([
      'paused',
      'usage_limit',
    ]);
    expect(await currentHolds(rig.bridge)).toEqual([]);
    expect((await history(rig.bridge)).slice(-2)).toEqual(['hold.ended', 'hold.ended']);
    expect(await changingNothing(rig.bridge, () => resume(rig.bridge, 'person'))).toEqual([]);
  });
});

describe('the run that probes a hold', () => {
  const lease = (rig: Rig) => ({ bridge: rig.bridge, token: TOKEN });

  /** A run that probes a hold, as the store names it. */
  async function probing(rig: Rig) {
    await imposeHold(lease(rig), { ...limit, scope: '' });
    await send(rig);
    await send(rig);
    const probes = await currentHolds(rig.bridge);
    const started = await start(rig, { probes });
    if (!started) throw new Error('nothing is ready');
    const { run } = started;
    expect(await currentHolds(await rig.connect())).toMatchObject([{ probeRunId: run.id }]);
    return { run, probes };
  }

  test('a second run does not probe what one probes already', async () => {
    await using rig = await supervised();
    const { probes } = await probing(rig);
    expect(await changingNothing(rig.bridge, () => start(rig, { probes }))).toBeUndefined();
  });

  test('a hold ends with the first answer to the run that probes it', async () => {
    await using rig = await supervised();
    const { run } = await probing(rig);
    expect(await recordAnswered(lease(rig), run)).toBe(true);
    expect(await currentHolds(rig.bridge)).toEqual([]);
    expect(await recordAnswered(lease(rig), run)).toBe(false);
  });

  test('a hold stays when the run that probes it ends without an answer, and another run may probe it', async () => {
    await using rig = await supervised();
    const { run, probes } = await probing(rig);
    await endRun(lease(rig), run, { kind: 'interrupted' }, ending);
    expect(await currentHolds(rig.bridge)).toMatchObject([{ kind: limit.kind, probeRunId: null }]);
    const next = await start(rig, { probes });
    expect(await currentHolds(rig.bridge)).toMatchObject([{ probeRunId: next?.run.id }]);
  });
});
