import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect } from 'vitest';
import { startBackground } from '../../src/machine/background.ts';
import { findExecutable } from '../../src/machine/executable.ts';
import { identify, isAlive, type ProcessIdentity } from '../../src/machine/identity.ts';
import { treeUsage } from '../../src/machine/usage.ts';
import { eventually } from '../eventually.ts';
import { onWindows } from '../platform.ts';
import { end, puppetScript, test } from './rig.ts';

describe('background process', () => {
  test('a background process outlives its starter, and its output is kept', async ({ rig }) => {
    const logPath = join(rig.folder, 'early.log');
    const options = { ...rig.options(process.execPath, [puppetScript]), logPath };
    const script = `
      const { startBackground } = await import(${JSON.stringify(new URL('../../src/machine/background.ts', import.meta.url))});
      console.log(JSON.stringify(await startBackground(${JSON.stringify(options)})));`;
    const starter = spawn(process.execPath, [
      '--experimental-strip-types',
      '--input-type=module',
      '-e',
      script,
    ]);
    const [answer] = await once(starter.stdout, 'data');
    const identity: ProcessIdentity = JSON.parse(String(answer));
    rig.watch(identity);
    // It ends by itself: what it started holds it no more than its output does.
    expect(await once(starter, 'exit')).toEqual([0, null]);
    await eventually(async () => expect(await readFile(logPath, 'utf8')).toContain(`"pid":${identity.pid}`));
    expect(await isAlive(identity)).toBe(true);
    await end(identity);
  });

  test.skipIf(onWindows)(
    'a background process that cannot start says why (not on Windows)',
    async ({ rig }) => {
      const options = { ...rig.options('no-such-program'), logPath: join(rig.folder, 'early.log') };
      expect(await startBackground(options)).toMatchObject({
        kind: 'spawn-failed',
        reason: 'command-not-found',
      });
    },
  );
});

describe('program lookup', () => {
  test.skipIf(onWindows)(
    'program lookup takes the first executable in PATH (needs file modes)',
    async ({ rig }) => {
      const folders = ['empty', 'plain', 'folder', 'first', 'second'].map((name) => join(rig.folder, name));
      for (const folder of folders) await mkdir(folder);
      await writeFile(join(rig.folder, 'plain', 'tool'), '');
      await mkdir(join(rig.folder, 'folder', 'tool'));
      for (const name of ['first', 'second'])
        await writeFile(join(rig.folder, name, 'tool'), '', { mode: 0o755 });
      const path = ['', join(rig.folder, 'gone'), ...folders].join(delimiter);
      expect(findExecutable('tool', path)).toBe(join(rig.folder, 'first', 'tool'));
      expect(findExecutable('other', path)).toBeUndefined();
      expect(findExecutable('tool', undefined)).toBeUndefined();
    },
  );

  test.skipIf(onWindows)('program lookup takes a path as it is (needs file modes)', async ({ rig }) => {
    const path = join(rig.folder, 'tool');
    await writeFile(path, '');
    expect(findExecutable(path, '')).toBeUndefined();
    await chmod(path, 0o755);
    expect(findExecutable(path, '')).toBe(path);
  });

  test('program lookup tries the extensions of Windows in their order', async ({ rig }) => {
    for (const name of ['tool.cmd', 'tool.exe']) await writeFile(join(rig.folder, name), '', { mode: 0o755 });
    expect(findExecutable('tool', `"${rig.folder}"`, '.COM;.EXE;.CMD')).toBe(join(rig.folder, 'tool.exe'));
    expect(findExecutable('tool.cmd', rig.folder, '.COM;.EXE;.CMD')).toBe(join(rig.folder, 'tool.cmd'));
  });
});

test.skipIf(onWindows)(
  'the resource use of a process tree is known until the process ends (needs process groups)',
  async ({ rig }) => {
    const { child, members } = await rig.puppet('then own-session');
    const usage = await treeUsage(child.identity);
    expect(usage).toMatchObject({ processes: 2 });
    expect(usage?.memoryBytes).toBeGreaterThan(20_000_000);
    expect(usage?.cpuPercent).toBeGreaterThanOrEqual(0);
    await end(...members);
    await child.exited;
    expect(await treeUsage(child.identity)).toBeUndefined();
    expect(await identify(child.identity.pid)).toBeUndefined();
  },
);
