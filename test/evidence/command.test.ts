import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, readlink, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, describe, expect } from 'vitest';
import { type Clock, systemClock as clock } from '../../src/clock.ts';
import { runChecks } from '../../src/evidence/checks.ts';
import {
  type CommandOptions,
  type CommandResult,
  endLeftCommand,
  runCommand,
} from '../../src/evidence/command.ts';
import { commandEnvironment } from '../../src/evidence/command-environment.ts';
import { watchProcess } from '../../src/machine/child.ts';
import { spawnShell } from '../../src/machine/shell.ts';
import { findMarked } from '../../src/machine/sweep.ts';
import { eventually } from '../eventually.ts';
import { onLinux, onWindows } from '../platform.ts';

interface Rig {
  readonly folder: string;
  readonly options: CommandOptions;
  readonly abort: AbortController;
  run(command: string, timeoutMs?: number): Promise<CommandResult>;
  /** Processes of a command of this test that live. */
  living(): Promise<number>;
}

/** Blocks everything of this process. */
function wait(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Whatever a command leaves running fails the test. */
const test = base.extend<{ rig: Rig }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  rig: async ({}, use) => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'command-')));
    const mark = { name: 'BRIDGE_TEST_COMMAND', value: randomUUID() };
    const abort = new AbortController();
    const options: CommandOptions = {
      cwd: folder,
      env: { PATH: process.env.PATH, ...(onWindows ? { SystemRoot: process.env.SystemRoot } : {}) },
      mark,
      controlGroup: `bridge-test-${mark.value}`,
      outputFile: join(folder, 'output.log'),
      clock,
      signal: abort.signal,
    };
    const living = async () => (await findMarked(mark.name, mark.value)).length;
    await use({
      folder,
      options,
      abort,
      living,
      async run(run, timeoutMs = 60_000) {
        const result = await runCommand({ name: 'check', run, timeoutMs }, options);
        if (result === undefined) throw new Error('it was aborted');
        return result;
      },
    });
    const left = await living();
    await endLeftCommand(options);
    await rm(folder, { recursive: true });
    expect(left, 'processes left behind').toBe(0);
  },
});

describe('command of the owner', () => {
  test('a command that ends well is green, with its output in a private file', async ({ rig }) => {
    const result = await rig.run('echo said');
    const { outputFile } = rig.options;
    expect(result).toEqual({
      name: 'check',
      run: 'echo said',
      exitCode: 0,
      signal: null,
      timedOut: false,
      failure: null,
      durationMs: expect.any(Number),
      outputTail: 'said\n',
      outputFile,
      outputBytes: (await readFile(outputFile)).length,
      leftovers: [],
    });
    if (!onWindows) expect((await stat(outputFile)).mode & 0o777).toBe(0o600);
  });

  test('a command that fails has its exit code, and output of an earlier one is replaced', async ({
    rig,
  }) => {
    await rig.run('echo earlier');
    expect(await rig.run('echo now && exit 7')).toMatchObject({ exitCode: 7, outputTail: 'now\n' });
    expect(await readFile(rig.options.outputFile, 'utf8')).toMatch(/^now\r?\n$/);
  });

  test('a command whose folder is gone says so, and counts as not run', async ({ rig }) => {
    const gone = { ...rig.options, cwd: join(rig.folder, 'gone') };
    expect(await runCommand({ name: 'check', run: 'echo', timeoutMs: 60_000 }, gone)).toMatchObject({
      exitCode: null,
      failure: expect.stringContaining('does not exist'),
    });
  });
});

describe.skipIf(onWindows)('command of the owner in a shell (needs POSIX)', () => {
  test('errors and output stay in the order in which they were written', async ({ rig }) => {
    const { outputTail } = await rig.run('for n in 1 2 3; do echo out $n; echo error $n >&2; done');
    expect(outputTail).toBe('out 1\nerror 1\nout 2\nerror 2\nout 3\nerror 3\n');
  });

  test('a command has no input, no terminal and a process group of its own', async ({ rig }) => {
    const { outputTail } = await rig.run(
      'cat; test -t 0 || echo no terminal; ps -o pgid= -p $$ | tr -d " "; echo $$',
    );
    const [first, group, pid] = outputTail.split('\n');
    expect([first, group]).toEqual(['no terminal', pid]);
  });

  test('a command that a signal ends names the signal', async ({ rig }) => {
    expect(await rig.run('kill -9 $$')).toMatchObject({ exitCode: null, signal: 'SIGKILL', timedOut: false });
  });

  test('a command that hangs and ignores the request to end is killed after its time, with all below it', async ({
    rig,
  }) => {
    const result = await rig.run("trap '' TERM; echo begun; sleep 1000 & sleep 1000; sleep 1000", 500);
    expect(result).toMatchObject({ exitCode: null, timedOut: true, outputTail: 'begun\n', leftovers: [] });
  });

  test('a command that ended in time is not late for a supervisor that was frozen past its timeout', async ({
    rig,
  }) => {
    const [begun, done] = [join(rig.folder, 'begun'), join(rig.folder, 'done')];
    let frozenMs = 0;
    const frozen: Clock = {
      ...clock,
      monotonic: () => clock.monotonic() + frozenMs,
      async sleep(ms, signal) {
        if (frozenMs > 0 || !existsSync(begun)) return clock.sleep(ms, signal);
        // Nothing is heard meanwhile, and then the timer is heard first.
        while (!existsSync(done)) wait(20);
        wait(500);
        frozenMs = 120_000;
      },
    };
    const command = { name: 'check', run: 'echo > begun; sleep 1; echo > done', timeoutMs: 60_000 };
    const result = await runCommand(command, { ...rig.options, clock: frozen });
    expect(frozenMs).toBeGreaterThan(0);
    expect(result).toMatchObject({ exitCode: 0, timedOut: false });
  });

  test('what a command starts is ended with it, also in another session', async ({ rig }) => {
    const result = await rig.run('sleep 1000 & setsid sleep 1000 & (setsid -f sleep 1000); echo done');
    expect(result).toMatchObject({ exitCode: 0, outputTail: 'done\n', timedOut: false, leftovers: [] });
  });

  test('a command that leaves a process which holds its output open ends all the same', async ({ rig }) => {
    expect(
      await rig.run('setsid -f env -i /bin/sh -c "sleep 3; echo late" & sleep 1; echo done'),
    ).toMatchObject({
      exitCode: 0,
      outputTail: 'done\n',
    });
  });

  test('output is bounded in the file and in the tail, and counted in full', async ({ rig }) => {
    const result = await rig.run('head -c 60000000 /dev/zero | tr "\\0" x; echo; echo the end');
    expect(result).toMatchObject({ exitCode: 0, outputBytes: 60_000_009 });
    expect(result.outputTail).toMatch(/^x+\nthe end\n$/);
    expect(result.outputTail).toHaveLength(8_192);
    expect((await stat(rig.options.outputFile)).size).toBeLessThan(10_001_000);
    const file = await readFile(rig.options.outputFile, 'utf8');
    expect(file.slice(-60)).toMatch(/x\n\[50000009 more bytes were written and are not kept\]\n$/);
  });

  test('the tail has whole characters, no control characters and no secrets', async ({ rig }) => {
    const { outputTail } = await rig.run(
      "head -c 40000 /dev/zero | sed 's/\\x00/\u00e4/g'; printf '\\033[31mred\\033[0m\\a sk-ant-api03-abcdefghijklmnop\\n'",
    );
    expect(outputTail).toMatch(/^\u00e4+red \[redacted\]\n$/);
  });

  test('a command that is aborted is ended, and nothing is said about it', async ({ rig }) => {
    const running = runCommand({ name: 'check', run: 'sleep 1000', timeoutMs: 60_000 }, rig.options);
    await eventually(async () => expect(await rig.living()).toBeGreaterThan(0));
    rig.abort.abort();
    expect(await running).toBe(undefined);
  });

  test('a command of a supervisor that was killed is found and ended by the next one', async ({ rig }) => {
    const { mark } = rig.options;
    const child = await spawnShell('setsid -f sleep 1000; exec sleep 1000', {
      ...rig.options,
      env: { ...rig.options.env, [mark.name]: mark.value },
    });
    if (child.kind === 'spawn-failed') throw new Error(child.message);
    child.begin();
    await eventually(async () => expect(await rig.living()).toBe(2));
    expect(await endLeftCommand(rig.options)).toEqual([]);
    await watchProcess(child.identity, clock);
    expect(await rig.living()).toBe(0);
    expect(await endLeftCommand(rig.options)).toEqual([]);
  });

  test('a command whose supervisor dies before it let it begin never runs', async ({ rig }) => {
    const child = await spawnShell('touch begun', rig.options);
    if (child.kind === 'spawn-failed') throw new Error(child.message);
    child.endInput();
    expect((await child.exited).code).not.toBe(0);
    expect(existsSync(join(rig.folder, 'begun'))).toBe(false);
  });

  test('processes of a command are ended only by who may', async ({ rig }) => {
    const permit = () => Promise.reject(new Error('another supervisor has the lease'));
    const command = { name: 'check', run: 'sleep 1000 & exit 0', timeoutMs: 60_000 };
    await expect(runCommand(command, { ...rig.options, permit })).rejects.toThrow('another supervisor');
    expect(await rig.living()).toBe(1);
    expect(await endLeftCommand(rig.options)).toEqual([]);
  });

  test.skipIf(!onLinux)(
    'a process in the folder that cannot be proved to be of the command is named, unless it was ended (needs Linux)',
    async ({ rig }) => {
      // Its parent is gone at once, and it keeps neither group nor environment.
      const { leftovers } = await rig.run('setsid -f env -i /bin/sleep 1000');
      const here = await pidsIn(rig.folder);
      expect(leftovers).toEqual(here.map((pid) => ({ pid, name: 'sleep' })));
      for (const pid of here) process.kill(pid, 'SIGKILL');
    },
  );
});

async function pidsIn(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return pids.filter((_, index) => folders[index] === folder).map(Number);
}

describe.skipIf(onWindows)('checks (needs POSIX)', () => {
  const check = (name: string, run: string) => ({ name, run, timeoutMs: 60_000 });

  test('every check runs, also after a red one, and each has the files that it changed', async ({ rig }) => {
    const asked: string[][] = [['a'], [], ['b', 'c']];
    const results = await runChecks(
      [check('test', 'exit 1'), check('lint', 'echo fine'), check('types', 'exit 2')],
      {
        ...rig.options,
        outputFile: (number) => join(rig.folder, `${number}.log`),
        changedFiles: async () => asked.shift() ?? [],
      },
    );
    expect(results?.map(({ name, exitCode, changedFiles }) => [name, exitCode, changedFiles])).toEqual([
      ['test', 1, ['a']],
      ['lint', 0, []],
      ['types', 2, ['b', 'c']],
    ]);
    expect(await readFile(join(rig.folder, '2.log'), 'utf8')).toBe('fine\n');
  });

  test('no check begins after an abort', async ({ rig }) => {
    const running = runChecks([check('test', 'sleep 1000'), check('lint', 'touch begun')], {
      ...rig.options,
      outputFile: (number) => join(rig.folder, `${number}.log`),
      changedFiles: async () => [],
    });
    await eventually(async () => expect(await rig.living()).toBeGreaterThan(0));
    rig.abort.abort();
    expect(await running).toBe(undefined);
    expect(existsSync(join(rig.folder, 'begun'))).toBe(false);
  });
});

test('the environment of a command has no variable of Anthropic, Claude, ours or that the owner denies', () => {
  const env = {
    PATH: '/bin',
    HOME: '/home/a',
    ANTHROPIC_API_KEY: 'k',
    CLAUDE_CODE_OAUTH_TOKEN: 't',
    CLAUDECODE: '1',
    BRIDGE_HOME: '/state',
    NPM_TOKEN: 't',
    AWS_SECRET: 's',
    AWSOME: 'kept',
    anthropic_model: 'm',
  };
  expect(commandEnvironment(env, ['NPM_TOKEN', 'aws_*'])).toEqual({
    PATH: '/bin',
    HOME: '/home/a',
    AWSOME: 'kept',
  });
});
