/** Supervisor and Claude die, alone and together, at every moment. */
import { describe, expect } from 'vitest';
import { init, result, submit, wait } from './puppet.ts';
import { test } from './rig.ts';

describe('the supervisor is killed outright', () => {
  test('Claude works on, the next supervisor adopts it, and nothing runs twice', async ({ rig, puppet }) => {
    await puppet.plays([init(), wait('adopted'), submit(), result()]);
    const first = await rig.startSupervisor();
    const id = await rig.send('# Orphan\nDo it.');
    await puppet.reached('adopted');
    await first.end('SIGKILL');
    expect((await puppet.living()).length).toBe(1);
    await rig.startSupervisor();
    await puppet.open('adopted');
    await rig.until(id, 'awaiting_approval');
    await rig.happened('run.ended', id);
    expect((await rig.details(id)).runs.map(({ outcome }) => outcome)).toEqual([{ kind: 'submitted' }]);
  });
});
