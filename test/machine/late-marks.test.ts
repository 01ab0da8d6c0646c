import { expect, vi } from 'vitest';
import { systemClock as clock } from '../../src/clock.ts';
import { isAlive } from '../../src/machine/identity.ts';
import type { ProcessReader } from '../../src/machine/process-reader.ts';
import { sweep } from '../../src/machine/sweep.ts';
import { onWindows } from '../platform.ts';
import { test } from './rig.ts';

/** The first so many looks see no environment, as while a program is being loaded. */
let blindLooks = 0;

vi.mock(import('../../src/machine/processes.ts'), async (original) => {
  const { processes } = await original();
  const marked: ProcessReader['marked'] = async (...mark) => {
    blindLooks -= 1;
    return blindLooks >= 0 ? [] : processes.marked(...mark);
  };
  return { processes: { ...processes, marked } };
});

test.skipIf(onWindows)(
  'one empty look does not prove that nothing is left: a program being loaded shows no environment (needs process groups)',
  async ({ rig }) => {
    const puppet = await rig.puppet('then own-session');
    puppet.child.write('exit 0');
    await puppet.child.exited;
    const [, left] = puppet.members;
    if (!left) throw new Error('nothing is left');
    blindLooks = 2;
    expect(await sweep({ root: puppet.child.identity, mark: rig.mark, graceMs: 0, clock })).toEqual([]);
    expect(await isAlive(left)).toBe(false);
  },
);
