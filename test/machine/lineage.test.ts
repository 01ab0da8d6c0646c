import { spawn } from 'node:child_process';
import { describe, expect } from 'vitest';
import { systemClock as clock } from '../../src/clock.ts';
import { identify, isAlive } from '../../src/machine/identity.ts';
import { Lineage } from '../../src/machine/lineage.ts';
import { findStrays } from '../../src/machine/strays.ts';
import { sweep } from '../../src/machine/sweep.ts';
import { eventually } from '../eventually.ts';
import { onLinux, onWindows } from '../platform.ts';
import { test } from './rig.ts';

describe.skipIf(onWindows)('processes seen below a process (needs process groups)', () => {
  test('a process seen below another is ended with it, even without parent, environment, group or session of the run', async ({
    rig,
  }) => {
    const puppet = await rig.puppet('then no-environment own-session then no-environment own-session');
    const lineage = new Lineage(puppet.child.identity, clock);
    await lineage.look();
    puppet.child.write('exit 0');
    await puppet.child.exited;
    const [root, ...left] = puppet.members;
    if (!root) throw new Error('no root');
    expect(left.length).toBe(2);
    expect(await sweep({ root, mark: rig.mark, processTree: lineage.known, graceMs: 200, clock })).toEqual(
      [],
    );
    for (const one of left) expect(await isAlive(one)).toBe(false);
  });

  test('a process seen below another is remembered while it lives, with what it starts later, at a hundredth of the time', async ({
    rig,
  }) => {
    let now = 0;
    const slow = { ...clock, monotonic: () => (now += 1) };
    const puppet = await rig.puppet('then no-environment own-session');
    const lineage = new Lineage(puppet.child.identity, slow);
    await lineage.look();
    expect(lineage.known.length).toBe(2);
    puppet.child.write('exit 0');
    await puppet.child.exited;
    const [, left] = puppet.members;
    await lineage.look();
    expect(lineage.known.length).toBe(2);
    now += 100;
    await lineage.look();
    expect(lineage.known).toEqual([left]);
    await sweep({
      root: puppet.child.identity,
      mark: rig.mark,
      processTree: lineage.known,
      graceMs: 0,
      clock,
    });
  });
});

describe.skipIf(!onLinux)('possible leftovers without proof (needs Linux)', () => {
  test('an orphan that works in the same folder is named; no child and nothing older is', async ({ rig }) => {
    const root = await rig.child('sleep', ['1000']);
    const daemon = 'setsid -f env -i /bin/sleep 1000 > /dev/null 2>&1';
    await new Promise((resolve) => spawn('sh', ['-c', daemon], { cwd: rig.folder }).on('exit', resolve));
    // Until it is `sleep`, it is a `setsid` for some moments.
    const stray = await eventually(async () => {
      const found = await findStrays(root.identity, rig.folder);
      expect(found).toMatchObject([{ name: 'sleep' }]);
      return identify(found[0]?.pid ?? 0);
    });
    rig.watch(stray);
    expect(await findStrays(root.identity, `${rig.folder}-2`)).toEqual([]);
    if (!stray) throw new Error('the stray is gone');
    process.kill(stray.pid, 'SIGKILL');
    await eventually(async () => expect(await isAlive(stray)).toBe(false));
    process.kill(root.identity.pid, 'SIGKILL');
    await root.exited;
  });
});
