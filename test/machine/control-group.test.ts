import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import {
  enterControlGroup,
  makeControlGroup,
  pidsInControlGroup,
  removeControlGroup,
  removeEmptyControlGroups,
} from '../../src/machine/control-group.ts';
import { eventually } from '../eventually.ts';
import { end, test } from './rig.ts';

const NAME = `bridge-test-${process.pid}`;
const mayMake = (await makeControlGroup(NAME)) !== undefined;
await removeControlGroup(NAME);

test.skipIf(!mayMake)(
  'a control group holds whatever its processes start, and is removed when it is empty (needs control groups)',
  async ({ rig }) => {
    const child = await rig.child('sh', ['-c', 'read go; setsid -f env -i /bin/sleep 1000; exec sleep 1000']);
    const group = await makeControlGroup(NAME);
    if (group === undefined) throw new Error('no group');
    expect(await enterControlGroup(group, child.identity.pid)).toBe(true);
    child.write('go');
    const programs = async () => {
      const pids = await pidsInControlGroup(NAME);
      return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')));
    };
    // Both have become what they are to be.
    await eventually(async () => expect(await programs()).toEqual(['sleep\n', 'sleep\n']));
    const pids = await pidsInControlGroup(NAME);
    expect(pids).toContain(child.identity.pid);
    await removeControlGroup(NAME);
    await removeEmptyControlGroups(NAME, new Date(Date.now() + 1_000));
    expect((await pidsInControlGroup(NAME)).sort()).toEqual(pids.sort());
    spawnSync('kill', ['-9', ...pids.map(String)]);
    await end(child.identity);
    await eventually(async () => expect(await pidsInControlGroup(NAME)).toEqual([]));
    await removeEmptyControlGroups(NAME, new Date(0));
    expect(await makeControlGroup(NAME)).toBe(group);
    await removeEmptyControlGroups(NAME, new Date(Date.now() + 1_000));
    expect(await enterControlGroup(group, process.pid)).toBe(false);
  },
);

test('a missing control group is empty, and nothing can be moved into it', async () => {
  expect(await pidsInControlGroup('bridge-of-nobody')).toEqual([]);
  expect(await enterControlGroup('/nowhere/at/all', process.pid)).toBe(false);
});
