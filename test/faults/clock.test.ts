/** The time of day jumps under a supervisor with a run under way; Claude's part is played by a real process. */

import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { steer } from '../../src/bridge/control.ts';
import { currentHolds } from '../../src/bridge/holds.ts';
import { currentLease } from '../../src/bridge/lease.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import { type Rig, waitUntil } from '../e2e/rig.ts';
import { DAY, HOUR, withSupervisor } from './jumping-clock.ts';
import { emit, exit, init, result, say, submit, wait, work } from './puppet.ts';
import { test } from './rig.ts';

describe.for([
  ['forward by a day', DAY],
  ['back by a day', -DAY],
  ['forward by an hour, as in spring', HOUR],
  ['back by an hour, as in autumn', -HOUR],
] as const)('the clock jumps %s', ([, ms]) => {
  test('a run survives a jump of the clock: it is neither ended nor repeated, the supervisor keeps its lease, and work goes on', async ({
    rig,
    puppet,
  }) => {
    await puppet.plays([init(), wait('jump'), say('Still here'), wait('seen'), submit(), result()], work);
    await withSupervisor(rig, async (clock) => {
      const id = await rig.send('# Timeless\nDo it.');
      await puppet.reached('jump');
      await rig.happened('run.ready', id);
      clock.jump(ms);
      await puppet.open('jump');
      await puppet.reached('seen');
      await lookedAround(rig, id);
      expect((await puppet.living()).length).toBe(1);
      await puppet.open('seen');
      await rig.until(id, 'awaiting_approval');
      await rig.happened('run.ended', id);
      const { runs } = await rig.details(id);
      expect(runs.map(({ outcome }) => outcome?.kind)).toEqual(['submitted']);
      const next = await rig.send('# After the jump\nDo it.');
      await rig.until(next, 'awaiting_approval');
      expect((await currentLease(rig.bridge))?.pid).toBe(process.pid);
    });
  });
});

describe('usage limit', () => {
  test('a usage limit’s reset passed in one jump, as by a night of suspend, is tried at once and not before', async ({
    rig,
    puppet,
  }) => {
    const resetsAt = Math.ceil(Date.now() / 1000) + 8 * 3_600;
    const rate_limit_info = { status: 'rejected', resetsAt, rateLimitType: 'five_hour' };
    const limited = [
      init(),
      emit({ type: 'rate_limit_event', rate_limit_info }),
      say('Limit', 'rate_limit'),
      exit(1),
    ];
    await puppet.plays(limited, work);
    await withSupervisor(rig, async (clock) => {
      const id = await rig.send('# Asleep\nDo it.');
      await rig.happened('run.ended', id);
      clock.jump(7 * HOUR);
      await lookedAround(rig, id);
      expect((await rig.details(id)).runs.length).toBe(1);
      expect(await currentHolds(rig.bridge)).toMatchObject([{ kind: 'usage_limit' }]);
      clock.jump(2 * HOUR);
      await rig.until(id, 'awaiting_approval');
      await rig.noHolds();
    });
  });
});

/** Waits until the supervisor has looked at the queue and its holds, after a change that was made just now. */
async function lookedAround(rig: Rig, id: ProjectId): Promise<void> {
  const word = `word ${randomUUID()}`;
  await steer(rig.bridge, id, word, 'desktop');
  await waitUntil(async () => (await rig.log()).includes(word), 'the supervisor to look');
}
