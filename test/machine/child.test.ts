import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { spawnChild, watchProcess } from '../../src/machine/child.ts';
import { identify, isAlive } from '../../src/machine/identity.ts';
import { eventually } from '../eventually.ts';
import { isRoot, onWindows } from '../platform.ts';
import { end, puppetScript, test } from './rig.ts';

describe('child process', () => {
  test('a child gets lines, and its output is appended to a private file', async ({ rig }) => {
    const options = rig.options(process.execPath, [puppetScript]);
    await writeFile(options.stdoutPath, 'before\n', { mode: 0o600 });
    const child = await spawnChild({ ...options, stderrPath: join(rig.folder, 'errors') });
    if (child.kind === 'spawn-failed') throw new Error(child.message);
    rig.watch(child.identity);
    expect(child.write('say hello')).toBe(true);
    expect(child.write('exit 7')).toBe(true);
    expect(await child.exited).toEqual({ code: 7, signal: null });
    expect(await readFile(options.stdoutPath, 'utf8')).toMatch(/^before\n\{.*\}\nhello\n$/);
    if (!onWindows) expect((await stat(join(rig.folder, 'errors'))).mode & 0o777).toBe(0o600);
  });

  test.skipIf(onWindows)(
    'a child gets exactly the environment it is given (needs POSIX)',
    async ({ rig }) => {
      const options = rig.options('env');
      const child = await spawnChild({ ...options, command: '/usr/bin/env', env: { ONLY: 'this' } });
      if (child.kind === 'spawn-failed') throw new Error(child.message);
      await child.exited;
      expect(await readFile(options.stdoutPath, 'utf8')).toBe('ONLY=this\n');
    },
  );

  // A child of Node on Windows takes its own children with it, and has one more: the host of its console.
  test.skipIf(onWindows)(
    'a child has ended when it has exited, even while a grandchild holds its input and output (needs POSIX)',
    async ({ rig }) => {
      const { child, members } = await rig.puppet('then');
      child.write('exit 3');
      expect(await child.exited).toEqual({ code: 3, signal: null });
      expect(child.write('say anything')).toBe(false);
      const [, grandchild] = members;
      expect(await child.processTree()).toEqual([grandchild]);
      await end(grandchild);
    },
  );

  test.skipIf(onWindows)('a child that a signal ended names the signal (needs signals)', async ({ rig }) => {
    const { child } = await rig.puppet();
    process.kill(child.identity.pid, 'SIGKILL');
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('a child that ends at once still has an identity', async ({ rig }) => {
    const child = await rig.child(process.execPath, ['--version']);
    expect(child.identity.startedAt).not.toBe('');
    await child.exited;
    expect(await isAlive(child.identity)).toBe(false);
  });

  test.skipIf(onWindows)(
    'a write to a child that closed its input returns false and never throws (needs POSIX)',
    async ({ rig }) => {
      const { child, output } = await rig.puppet();
      child.write('close-input');
      await eventually(async () => expect(await output()).toContain('closed'));
      await eventually(() => expect(child.write('say anything')).toBe(false));
      child.endInput();
      process.kill(child.identity.pid, 'SIGKILL');
      await child.exited;
    },
  );

  test.skipIf(onWindows)(
    'a child knows its process tree while it lives (needs process groups)',
    async ({ rig }) => {
      const { child, members } = await rig.puppet('then then own-session');
      const tree = await child.processTree();
      expect(tree.map(({ pid }) => pid).sort()).toEqual(members.map(({ pid }) => pid).sort());
      await end(...members);
      await child.exited;
    },
  );

  test.skipIf(onWindows)(
    'a child keeps writing its output when the parent is killed (needs POSIX)',
    async ({ rig }) => {
      const options = rig.options(process.execPath, [puppetScript]);
      const script = `
      const { spawnChild } = await import(${JSON.stringify(new URL('../../src/machine/child.ts', import.meta.url))});
      const child = await spawnChild(${JSON.stringify(options)});
      console.log(child.identity.pid);
      setInterval(() => {}, 60_000);`;
      const us = spawn(process.execPath, ['--experimental-strip-types', '--input-type=module', '-e', script]);
      const [pid] = await once(us.stdout, 'data');
      const child = await identify(Number(pid));
      rig.watch(child);
      us.kill('SIGKILL');
      await once(us, 'exit');
      // It comes up only after our death, and what it says then arrives.
      await eventually(async () => expect(await readFile(options.stdoutPath, 'utf8')).toContain('{"pid"'));
      expect(child && (await isAlive(child))).toBe(true);
      await end(child);
    },
  );
});

describe('a program that cannot start', () => {
  // There a program without `.exe` is started through the command interpreter, which exists.
  test.skipIf(onWindows)('a missing program is reported (not on Windows)', async ({ rig }) => {
    const failure = await spawnChild(rig.options('no-such-program'));
    expect(failure).toMatchObject({ reason: 'command-not-found', message: 'no-such-program was not found' });
  });

  test('a working folder that is missing, a file or forbidden is reported', async ({ rig }) => {
    await writeFile(join(rig.folder, 'file'), '');
    for (const cwd of [join(rig.folder, 'gone'), join(rig.folder, 'file')]) {
      const failure = await spawnChild({ ...rig.options(process.execPath), cwd });
      expect(failure).toMatchObject({ reason: 'cwd-missing', message: `the folder ${cwd} does not exist` });
    }
  });

  test.skipIf(onWindows)(
    'a program that is missing from a PATH with a forbidden folder is reported (needs file modes)',
    async ({ rig }) => {
      const closed = join(rig.folder, 'closed');
      await mkdir(closed, { mode: 0 });
      const options = rig.options('no-such-program');
      const failure = await spawnChild({
        ...options,
        env: { PATH: [closed, process.env.PATH].join(delimiter) },
      });
      expect(failure).toMatchObject({ reason: 'command-not-found' });
    },
  );

  test.skipIf(onWindows || isRoot)(
    'a forbidden working folder is reported (needs an ordinary user)',
    async ({ rig }) => {
      const cwd = join(rig.folder, 'closed');
      await mkdir(cwd, { mode: 0 });
      const failure = await spawnChild({ ...rig.options(process.execPath), cwd });
      expect(failure).toMatchObject({
        reason: 'cwd-missing',
        message: `the folder ${cwd} may not be entered`,
      });
    },
  );

  test.skipIf(onWindows)(
    'a program without execute permission or interpreter is reported (needs file modes)',
    async ({ rig }) => {
      await writeFile(join(rig.folder, 'plain'), 'text');
      await writeFile(join(rig.folder, 'script'), '#!/no/such/interpreter\n', { mode: 0o755 });
      for (const name of ['plain', 'script']) {
        expect(await spawnChild(rig.options(join(rig.folder, name)))).toMatchObject({
          reason: 'not-executable',
        });
      }
    },
  );

  test.skipIf(onWindows)('arguments that are too long are reported (needs POSIX)', async ({ rig }) => {
    const failure = await spawnChild(rig.options(process.execPath, ['x'.repeat(10_000_000)]));
    expect(failure).toMatchObject({ reason: 'other', message: expect.stringContaining('E2BIG') });
  });

  test('an output file that cannot be created is reported', async ({ rig }) => {
    await mkdir(join(rig.folder, 'taken'));
    const options = { ...rig.options(process.execPath), stderrPath: join(rig.folder, 'taken') };
    expect(await spawnChild(options)).toMatchObject({
      reason: 'other',
      message: expect.stringContaining('taken'),
    });
  });
});

describe('watching an adopted process', () => {
  test('the watch of an adopted process ends when the process has ended', async ({ rig }) => {
    const { child } = await rig.puppet();
    const ended = watchProcess(child.identity, systemClock);
    child.write('exit 0');
    await ended;
    await child.exited;
  });

  test('the watch of an adopted process ends when it is cancelled', async ({ rig }) => {
    const { child } = await rig.puppet();
    const unwanted = new AbortController();
    const ended = watchProcess(child.identity, systemClock, unwanted.signal);
    unwanted.abort();
    await ended;
    expect(await isAlive(child.identity)).toBe(true);
    child.write('exit 0');
    await child.exited;
  });
});
