import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { systemClock as clock } from '../../src/clock.ts';
import { spawnChild } from '../../src/machine/child.ts';
import { identify, isAlive, type ProcessIdentity } from '../../src/machine/identity.ts';
import { nullDevice } from '../../src/machine/paths.ts';
import { findMarked, sweep } from '../../src/machine/sweep.ts';
import { descendants, groupMembers } from '../../src/machine/tree.ts';
import { isRoot, onLinux, onWindows } from '../platform.ts';
import { type Puppet, type Rig, test } from './rig.ts';

describe.skipIf(onWindows)('sweep of a run (needs process groups)', () => {
  test('the sweep ends grandchildren, whatever they do to stay', async ({ rig }) => {
    const puppet = await rig.puppet('then then own-session then ignore-term then own-session ignore-term');
    await endLeader(puppet);
    expect(await whoLives(puppet)).toHaveLength(4);
    const options = { root: puppet.child.identity, mark: rig.mark, graceMs: 200, clock };
    expect(await sweep(options)).toEqual([]);
    expect(await whoLives(puppet)).toEqual([]);
  });

  test('the sweep reaches a grandchild without its environment through the group', async ({ rig }) => {
    const puppet = await rig.puppet('then no-environment');
    await endLeader(puppet);
    expect(await findMarked(rig.mark.name, rig.mark.value)).toEqual([]);
    expect(await sweep({ ...swept(rig, puppet), processTree: await puppet.child.processTree() })).toEqual([]);
    expect(await whoLives(puppet)).toEqual([]);
  });

  test('the sweep reaches a process that left the group when the process tree was sampled in time', async ({
    rig,
  }) => {
    const puppet = await rig.puppet('then no-environment own-session');
    const tree = await puppet.child.processTree();
    await endLeader(puppet);
    expect(await sweep({ ...swept(rig, puppet), processTree: tree })).toEqual([]);
    expect(await whoLives(puppet)).toEqual([]);
  });

  test('one marked member proves that the rest of the group is the run’s too', async ({ rig }) => {
    const puppet = await rig.puppet('then no-environment then');
    await endLeader(puppet);
    expect(await sweep(swept(rig, puppet))).toEqual([]);
    expect(await whoLives(puppet)).toEqual([]);
  });

  test('the sweep ends what is started while it works', async ({ rig }) => {
    const puppet = await rig.puppet('then respawn own-session');
    await endLeader(puppet);
    expect(await sweep(swept(rig, puppet))).toEqual([]);
    expect(await findMarked(rig.mark.name, rig.mark.value)).toEqual([]);
    expect(await whoLives(puppet)).toEqual([]);
  });

  test('the sweep finds what carries the mark of its root alone among younger processes', async ({ rig }) => {
    const puppet = await rig.puppet('then own-session then own-session');
    await endLeader(puppet);
    expect(await sweep({ ...swept(rig, puppet), isMarkOfRoot: true })).toEqual([]);
    expect(await whoLives(puppet)).toEqual([]);
  });

  test('the sweep ends a living leader with the rest', async ({ rig }) => {
    const puppet = await rig.puppet('then own-session');
    expect(await sweep(swept(rig, puppet))).toEqual([]);
    expect(await whoLives(puppet)).toEqual([]);
  });

  test.runIf(isRoot && onLinux)(
    'the sweep names what it cannot end (needs root on Linux)',
    async ({ rig }) => {
      const puppet = await rig.puppet();
      const { identity } = puppet.child;
      // The same sweep by a user who may not signal it.
      const script = `
      const { sweep } = await import(${JSON.stringify(new URL('../../src/machine/sweep.ts', import.meta.url))});
      const { systemClock: clock } = await import(${JSON.stringify(new URL('../../src/clock.ts', import.meta.url))});
      const mark = ${JSON.stringify(rig.mark)};
      console.log(JSON.stringify(await sweep({ root: ${JSON.stringify(identity)}, mark, graceMs: 0, clock })));`;
      const args = ['--experimental-strip-types', '--input-type=module', '-e', script];
      const stranger = spawn(process.execPath, args, { uid: 65_534, stdio: ['ignore', 'pipe', 'inherit'] });
      const [answer] = await once(stranger.stdout, 'data');
      expect(JSON.parse(String(answer))).toEqual([{ pid: identity.pid, name: expect.any(String) }]);
      expect(await isAlive(identity)).toBe(true);
      await endLeader(puppet);
    },
  );
});

describe.skipIf(onWindows)('what a sweep spares (needs process groups)', () => {
  test('the sweep spares a stranger whose group has the number of the run’s', async ({ rig }) => {
    const stranger = await rig.puppet('then', { [rig.mark.name]: 'another' });
    const root = { pid: stranger.child.identity.pid, startedAt: 'long ago' };
    expect(await sweep({ root, mark: rig.mark, processTree: [root], graceMs: 0, clock })).toEqual([]);
    expect(await whoLives(stranger)).toHaveLength(2);

    // The same after its leader has ended, as a daemon's does.
    await endLeader(stranger);
    expect(await sweep({ root, mark: rig.mark, graceMs: 0, clock })).toEqual([]);
    expect(await whoLives(stranger)).toHaveLength(1);
    await sweep({ ...swept(rig, stranger), processTree: stranger.members });
  });

  test('the sweep spares a mark that only begins like ours', async ({ rig }) => {
    const other = await rig.puppet('', { [rig.mark.name]: `${rig.mark.value}0` });
    const root = { pid: 2 ** 22 - 1, startedAt: 'never' };
    expect(await sweep({ root, mark: rig.mark, graceMs: 0, clock })).toEqual([]);
    expect(await whoLives(other)).toHaveLength(1);
    await endLeader(other);
  });

  test('the sweep spares this process and whoever is excluded', async ({ rig }) => {
    const puppet = await rig.puppet('then own-session');
    const [, spared] = puppet.members;
    const us = await identify(process.pid);
    expect(await descendants(process.pid)).toContainEqual(puppet.child.identity);
    const tree = us ? [us] : [];
    const spare = [spared?.pid ?? 0];
    expect(await sweep({ ...swept(rig, puppet), processTree: tree, spare })).toEqual([]);
    expect(await whoLives(puppet)).toEqual([spared]);
    expect(await sweep(swept(rig, puppet))).toEqual([]);
  });

  test('the sweep spares its own parents', async ({ rig }) => {
    const sweeper = `
      const { sweep } = await import(${JSON.stringify(new URL('../../src/machine/sweep.ts', import.meta.url))});
      const { identify } = await import(${JSON.stringify(new URL('../../src/machine/identity.ts', import.meta.url))});
      const { systemClock: clock } = await import(${JSON.stringify(new URL('../../src/clock.ts', import.meta.url))});
      const root = await identify(process.ppid);
      console.log(JSON.stringify(await sweep({ root, mark: ${JSON.stringify(rig.mark)}, graceMs: 5_000, clock })));`;
    const shell = `sleep 1000 & "$0" --experimental-strip-types --input-type=module -e "$1"; wait; echo survived`;
    const options = rig.options('sh', ['-c', shell, process.execPath, sweeper]);
    const child = await spawnChild({ ...options, stderrPath: nullDevice });
    if (child.kind === 'spawn-failed') throw new Error(child.message);
    rig.watch(child.identity);
    // The shell waits for the other process below it, and goes on when the sweep has ended that one.
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(await readFile(options.stdoutPath, 'utf8')).toBe('[]\nsurvived\n');
  });
});

test.skipIf(onWindows)('a process group is its living members (needs process groups)', async ({ rig }) => {
  const puppet = await rig.puppet('then then own-session');
  const [leader, member] = puppet.members;
  const group = await groupMembers(leader?.pid ?? 0);
  expect(new Set(group)).toEqual(new Set([leader, member]));
  expect(await sweep(swept(rig, puppet))).toEqual([]);
});

function swept(rig: Rig, { child }: Puppet) {
  return { root: child.identity, mark: rig.mark, graceMs: 5_000, clock };
}

async function endLeader({ child }: Puppet): Promise<void> {
  child.write('exit 0');
  await child.exited;
}

async function whoLives({ members }: Puppet): Promise<ProcessIdentity[]> {
  const lives = await Promise.all(members.map(isAlive));
  return members.filter((_, index) => lives[index]);
}
