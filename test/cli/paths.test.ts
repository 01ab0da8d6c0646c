/** Paths that would mean another place in another process, and `~` where a shell has left it. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { onWindows } from '../platform.ts';
import { test } from './rig.ts';

const UNEXPANDED = `${'$'}{HOME}/.bridge`;

describe('BRIDGE_HOME that is no absolute path', () => {
  test.for([
    ['status'],
    ['send', '-'],
    ['list'],
    ['start'],
    ['doctor'],
    ['setup', '--yes', '--no-code'],
    ['install', '--dry-run'],
    ['pause'],
  ])('a relative BRIDGE_HOME makes %j fail in one line, without a folder', async (args, { rig }) => {
    const { code, stdout, stderr } = await rig.runWith(
      { env: { BRIDGE_HOME: UNEXPANDED }, stdin: '# A' },
      ...args,
    );
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: `bridge-supervisor: BRIDGE_HOME must be an absolute path, and is '${UNEXPANDED}'. Write it out in full: no variable in it is replaced.\n`,
    });
    expect(await readdir(rig.root)).toEqual([]);
  });

  test('a relative BRIDGE_HOME makes run end so that no service manager restarts it', async ({ rig }) => {
    const { code, stderr } = await rig.runWith({ env: { BRIDGE_HOME: 'rel' } }, 'run');
    expect({ code, stderr }).toEqual({
      code: 78,
      stderr: expect.stringContaining("BRIDGE_HOME must be an absolute path, and is 'rel'"),
    });
    expect(await readdir(rig.root)).toEqual([]);
  });

  test('a relative BRIDGE_HOME does not block the help and the version', async ({ rig }) => {
    const env = { BRIDGE_HOME: 'rel' };
    expect(await rig.runWith({ env }, '--version')).toMatchObject({ code: 0, stderr: '' });
    expect(await rig.runWith({ env }, 'setup', '--help')).toMatchObject({ code: 0, stderr: '' });
  });
});

describe.skipIf(onWindows)('`~` that no shell has replaced (needs HOME)', () => {
  test('a literal `~` is the home folder, in every argument that is a file', async ({ rig }) => {
    await rig.file('plan.md', '# From home\nDo it.');
    await rig.file('own.env', '');
    await mkdir(join(rig.root, 'elsewhere'));
    const cwd = join(rig.root, 'elsewhere');
    for (const args of [
      ['send', '~/plan.md'],
      ['backup', '~/copy.db'],
      ['restore', '~/copy.db'],
      [
        'setup',
        '--yes',
        '--no-code',
        '--desktop-config=~/desktop.json',
        '--root=~',
        '--workspace=a=~/elsewhere',
      ],
    ]) {
      const { code, stderr } = await rig.runWith({ cwd }, ...args);
      expect({ args, code, stderr }).toMatchObject({ args, code: 0 });
    }
    const refused = await rig.runWith({ cwd }, 'run', '--environment=~/missing.env');
    expect(refused.stderr).toContain(join(rig.root, 'missing.env'));
    expect(await readdir(rig.root)).toEqual(expect.arrayContaining(['copy.db', 'desktop.json']));
    expect(await readdir(cwd)).toEqual([]);
  });

  test.for([
    ['setup', '--desktop-config='],
    ['setup', '--root='],
    ['backup', ''],
    ['run', '--environment='],
    ['restore', '  '],
  ])('an empty path is refused, and is not the working folder: %j', async (args, { rig }) => {
    const { code, stderr } = await rig.run(...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('It must be a path.') });
  });

  test.for([
    [['setup', '--yes', `--desktop-config=${'$'}{HOME}/x.json`], 'no variable in it is replaced'],
    [['setup', '--yes', '--desktop-config=$HOME/x.json'], 'no variable in it is replaced'],
    [['setup', '--yes', '--desktop-config=%APPDATA%\\Claude\\x.json'], 'no variable in it is replaced'],
    [['setup', '--yes', '--desktop-config=C:\\Users\\ada\\x.json'], 'That is a path of Windows'],
    [['setup', '--yes', '--desktop-config=~ada/x.json'], 'home folder of somebody else'],
    [['setup', '--yes', '--root=~ada/code'], 'home folder of somebody else'],
    [['setup', '--yes', '--workspace=a=$HOME/code'], 'no variable in it is replaced'],
    [['backup', '~ada/copy.db'], 'home folder of somebody else'],
    [['backup', `${'$'}{HOME}/copy.db`], 'no variable in it is replaced'],
  ] as const)('a path in %j is refused: a folder of that name is not meant', async ([args, why], { rig }) => {
    const { code, stderr } = await rig.run(...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(why) });
    expect(await readdir(rig.root)).toEqual([]);
  });
});
