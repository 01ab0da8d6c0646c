import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, describe, expect } from 'vitest';
import { type Clock, systemClock } from '../../src/clock.ts';
import { identify, type ProcessIdentity } from '../../src/machine/identity.ts';
import { type Inhibitor, inhibitorsOf } from '../../src/machine/inhibitors.ts';
import { inhibitSleep } from '../../src/machine/sleep-inhibitor.ts';
import { POWERSHELL } from '../../src/machine/windows-programs.ts';
import { eventually } from '../eventually.ts';
import { onWindows } from '../platform.ts';
import { TestClock } from '../rig.ts';
import { canStartLogind, startLogind } from './logind.ts';
import { end } from './rig.ts';

interface Call {
  readonly process: ProcessIdentity | undefined;
  readonly args: string;
}

interface Awake {
  /** Resolves as `inhibitSleep` does. */
  readonly over: Promise<string | undefined>;
  letGo(): void;
}

interface Rig {
  readonly folder: string;
  /** Puts a script in a program's place; it notes how it is called. */
  standIn(name: string, body: string): Promise<void>;
  calls(): Promise<Call[]>;
  keep(means: readonly Inhibitor[], options?: { env?: Record<string, string>; clock?: Clock }): Awake;
}

const test = base.extend<{ rig: Rig }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  rig: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'awake-'));
    const bin = join(folder, 'bin');
    const record = join(folder, 'calls');
    await mkdir(bin);
    const calls = async () => {
      const text = await readFile(record, 'utf8').catch(() => '');
      return Promise.all(
        text.split('\n').flatMap((line) => {
          const [, pid, args = ''] = /^(\d+) (.*)$/.exec(line) ?? [];
          return pid ? [identify(Number(pid)).then((process): Call => ({ process, args }))] : [];
        }),
      );
    };
    const kept: AbortController[] = [];
    await use({
      folder,
      async standIn(name, body) {
        await writeFile(join(bin, name), `#!/bin/sh\necho "$$ $*" >> '${record}'\n${body}\n`);
        await chmod(join(bin, name), 0o755);
      },
      calls,
      keep(means, { env = {}, clock = systemClock } = {}) {
        const asked = new AbortController();
        kept.push(asked);
        const PATH = `${bin}:/usr/bin:/bin`;
        const over = inhibitSleep({ env: { PATH, ...env }, clock, signal: asked.signal }, means);
        return { over, letGo: () => asked.abort() };
      },
    });
    for (const one of kept) one.abort();
    const left = (await calls()).flatMap(({ process }) => process ?? []);
    await end(...left);
    await rm(folder, { recursive: true });
    expect(left, 'processes left behind').toEqual([]);
  },
});

const ABOUT = '--mode=block --who=bridge-supervisor --why=Claude is at work cat';
const SLEEP = `--what=sleep:idle ${ABOUT}`;
const IDLE = `--what=idle ${ABOUT}`;

/** Waits until the last of so many calls lives. */
function living(rig: Rig, count: number): Promise<Call> {
  return eventually(async () => {
    const calls = await rig.calls();
    const last = calls.at(-1);
    if (calls.length !== count || !last?.process) throw new Error(`${calls.length} calls`);
    return last;
  });
}

describe('keeping a system awake', () => {
  test('Linux is kept awake by a lock of logind while cat reads, or against idling alone where sleep is refused', () => {
    const args = ['--mode=block', '--who=bridge-supervisor', '--why=Claude is at work', 'cat'];
    expect(inhibitorsOf('linux', 42)).toEqual([
      { command: 'systemd-inhibit', args: ['--what=sleep:idle', ...args], endsBy: 'input' },
      { command: 'systemd-inhibit', args: ['--what=idle', ...args], endsBy: 'input' },
    ]);
  });

  test('macOS is kept awake by caffeinate while we live', () => {
    expect(inhibitorsOf('macos', 42)).toEqual([
      { command: 'caffeinate', args: ['-i', '-s', '-w', '42'], endsBy: 'signal' },
    ]);
  });

  test('Windows is kept awake by the execution state of a thread while it reads its input', () => {
    const [means, ...others] = inhibitorsOf('windows', 42);
    expect(others).toEqual([]);
    expect(means).toMatchObject({ command: POWERSHELL, endsBy: 'input' });
    expect(means?.args.slice(0, -1)).toEqual(['-NoProfile', '-NonInteractive', '-Command']);
    expect(means?.args.at(-1)?.split(';')).toEqual([
      "$ErrorActionPreference='Stop'",
      `$power=Add-Type -PassThru -Namespace Bridge -Name Power -MemberDefinition '[DllImport("kernel32.dll")] public static extern uint SetThreadExecutionState(uint flags)`,
      "'",
      // ES_CONTINUOUS | ES_SYSTEM_REQUIRED
      `if($power::SetThreadExecutionState(${0x80000000 + 0x00000001}) -eq 0){exit 1}`,
      '[Console]::In.ReadToEnd()|Out-Null',
    ]);
  });

  test('an unknown system cannot be kept awake, and says so', async ({ rig }) => {
    expect(await rig.keep(inhibitorsOf('other-unix', 42)).over).toBe('no way is known on this system');
  });
});

describe.skipIf(onWindows)('sleep inhibitor (needs a shell script)', () => {
  test('the machine is kept awake until release, and nothing is left', async ({ rig }) => {
    await rig.standIn('systemd-inhibit', 'exec cat');
    const awake = rig.keep(inhibitorsOf('linux', process.pid));
    expect((await living(rig, 1)).args).toBe(SLEEP);
    awake.letGo();
    expect(await awake.over).toBeUndefined();
    expect(await rig.calls()).toEqual([{ process: undefined, args: SLEEP }]);
  });

  test('a sleep inhibitor ends at a signal', async ({ rig }) => {
    await rig.standIn('caffeinate', 'exec tail -f /dev/null');
    const awake = rig.keep(inhibitorsOf('macos', process.pid));
    expect((await living(rig, 1)).args).toBe(`-i -s -w ${process.pid}`);
    awake.letGo();
    expect(await awake.over).toBeUndefined();
  });

  test('a sleep inhibitor that ignores the signal is killed after two seconds', async ({ rig }) => {
    await rig.standIn('systemd-inhibit', 'exec tail -f /dev/null');
    const clock = new TestClock();
    const awake = rig.keep(inhibitorsOf('linux', process.pid), { clock });
    await living(rig, 1);
    awake.letGo();
    await clock.slept(2_000);
    clock.advance(2_000);
    expect(await awake.over).toBeUndefined();
  });

  test('the machine is kept from idling where more is refused', async ({ rig }) => {
    await rig.standIn('systemd-inhibit', 'case $1 in *sleep*) exit 1; esac; exec cat');
    const awake = rig.keep(inhibitorsOf('linux', process.pid));
    expect((await living(rig, 2)).args).toBe(IDLE);
    awake.letGo();
    expect(await awake.over).toBeUndefined();
  });

  test('a sleep inhibitor released before it began never starts', async ({ rig }) => {
    await rig.standIn('systemd-inhibit', 'exec cat');
    const awake = rig.keep(inhibitorsOf('linux', process.pid));
    awake.letGo();
    expect(await awake.over).toBeUndefined();
  });
});

describe.skipIf(onWindows)('a failed sleep inhibitor says why (needs a shell script)', () => {
  test('a missing sleep inhibitor is reported', async ({ rig }) => {
    const awake = rig.keep(inhibitorsOf('linux', process.pid), { env: { PATH: rig.folder } });
    expect(await awake.over).toBe('there is no systemd-inhibit here');
  });

  test('a refused sleep inhibitor reports the last line it printed', async ({ rig }) => {
    await rig.standIn(
      'systemd-inhibit',
      'echo warning: moon is full >&2; echo Failed to inhibit: no >&2; exit 1',
    );
    expect(await rig.keep(inhibitorsOf('linux', process.pid)).over).toBe(
      'systemd-inhibit: Failed to inhibit: no',
    );
    expect((await rig.calls()).map(({ args }) => args)).toEqual([SLEEP, IDLE]);
  });

  test('a silent failure of a sleep inhibitor is reported', async ({ rig }) => {
    await rig.standIn('caffeinate', 'exit 3');
    expect(await rig.keep(inhibitorsOf('macos', process.pid)).over).toBe('caffeinate: ended with 3');
    await rig.standIn('caffeinate', 'kill -9 $$');
    expect(await rig.keep(inhibitorsOf('macos', process.pid)).over).toBe('caffeinate: ended with SIGKILL');
  });
});

describe.skipIf(!canStartLogind())('real logind (needs root, dbus-daemon and systemd-logind)', () => {
  test('logind holds our lock until it is released', async ({ rig }) => {
    const logind = await startLogind(rig.folder);
    try {
      const awake = rig.keep(inhibitorsOf('linux', process.pid), { env: logind.env });
      await eventually(async () =>
        expect(await logind.inhibited()).toEqual([
          { what: 'sleep:idle', who: 'bridge-supervisor', why: 'Claude is at work', mode: 'block' },
        ]),
      );
      awake.letGo();
      expect(await awake.over).toBeUndefined();
      await eventually(async () => expect(await logind.inhibited()).toEqual([]));
    } finally {
      await logind.close();
    }
  });

  test('logind refuses the lock to a user whom no rule allows it', async ({ rig }) => {
    const logind = await startLogind(rig.folder);
    try {
      await chmod(rig.folder, 0o755);
      const asNobody = inhibitorsOf('linux', process.pid).map(
        ({ command, args, endsBy }): Inhibitor => ({
          command: 'setpriv',
          args: ['--reuid=65534', '--regid=65534', '--clear-groups', command, ...args],
          endsBy,
        }),
      );
      expect(await rig.keep(asNobody, { env: logind.env }).over).toBe(
        'setpriv: Failed to inhibit: Access denied',
      );
    } finally {
      await logind.close();
    }
  });
});
