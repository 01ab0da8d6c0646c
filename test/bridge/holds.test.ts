import { describe, expect, test } from 'vitest';
import { currentHolds, imposeHold, liftHold, pause, resume } from '../../src/bridge/holds.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { HOLD_KINDS, type Hold } from '../../src/project/hold.ts';
import { BEGINNING, eventsAfter } from '../../src/store/events.ts';
import { createRig } from '../rig.ts';
import { beSupervisor, changingNothing, history, TOKEN } from './steps.ts';

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
