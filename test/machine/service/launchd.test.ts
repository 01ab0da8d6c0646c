/** What is asked of launchd, and what its answers mean. No launchd is here: it is played as people report it. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { launchd } from '../../../src/machine/service/launchd.ts';
import { readGaveUp, writeGaveUp } from '../../../src/machine/service/launchd-gave-up.ts';
import { ServiceError, type ServiceManager } from '../../../src/machine/service/service.ts';
import { onWindows } from '../../platform.ts';
import { PlayedLaunchd } from './launchd-model.ts';
import { HurryingClock, played, takeAsked } from './recorder.ts';
import { definition, test as everywhere, explained, type Rig } from './rig.ts';

/** Windows has neither the paths nor the rights of files that are looked at. */
const test = everywhere.skipIf(onWindows);

const TARGET = 'gui/1234/bridge-supervisor';
const plistOf = (rig: Rig) => join(rig.home, 'Library/LaunchAgents/bridge-supervisor.plist');
const never = () => Promise.reject(new Error('nobody is to be asked'));

interface Scene {
  readonly manager: ServiceManager;
  readonly system: PlayedLaunchd;
  readonly clock: HurryingClock;
  readonly state: string;
}

/** With `installed`, the service is there and nothing was asked yet. */
async function scene(rig: Rig, { installed = true } = {}): Promise<Scene> {
  const clock = new HurryingClock();
  const system = new PlayedLaunchd(clock);
  const manager = launchd(played(rig, system.play, clock));
  const state = join(rig.home, 'state');
  await mkdir(state);
  if (installed) await manager.install(definition({ stateDir: state }));
  takeAsked(rig);
  return { manager, system, clock, state };
}

describe('launchd: install', () => {
  test('launchd install writes the plist where launchd finds it at the next login, and does not start it', async ({
    rig,
  }) => {
    const { manager, system } = await scene(rig, { installed: false });
    await manager.install(definition());
    expect(takeAsked(rig)).toEqual(['/bin/launchctl print-disabled gui/1234']);
    expect(system.job).toBeNull();
    expect((await stat(plistOf(rig))).mode & 0o777).toBe(0o644);
    expect(await manager.installed()).toEqual({
      version: '1.2.3',
      stateDir: '/home/ann/state',
      hardened: false,
      files: manager.files(definition()),
    });
  });

  test('launchd install twice is the same as once', async ({ rig }) => {
    const { manager } = await scene(rig, { installed: false });
    await manager.install(definition());
    const first = await readFile(plistOf(rig), 'utf8');
    await manager.install(definition());
    expect(await readFile(plistOf(rig), 'utf8')).toBe(first);
    expect(await readdir(dirname(plistOf(rig)))).toEqual(['bridge-supervisor.plist']);
  });

  test('launchd install enables a disabled job again', async ({ rig }) => {
    const { manager, system } = await scene(rig);
    system.disabled = true;
    await manager.install(definition());
    expect(takeAsked(rig)).toEqual([
      '/bin/launchctl print-disabled gui/1234',
      `/bin/launchctl enable ${TARGET}`,
    ]);
  });

  test('launchd install leaves a running job alone; the next start loads the new plist', async ({ rig }) => {
    const { manager, system } = await scene(rig);
    system.run();
    await manager.install(definition({ version: '2.0.0' }));
    expect(system.job?.pid).toBe(4711);
    system.end('last exit code = 0');
    takeAsked(rig);
    await manager.start();
    expect(takeAsked(rig)).toContain(`/bin/launchctl bootout ${TARGET}`);
    expect(system.job?.pid).toBe(4711);
  });

  test('launchd install and uninstall refuse a plist of somebody else', async ({ rig }) => {
    const { manager } = await scene(rig, { installed: false });
    await mkdir(dirname(plistOf(rig)), { recursive: true });
    await writeFile(plistOf(rig), '<plist/>');
    for (const act of [
      () => manager.install(definition()),
      () => manager.uninstall(),
      () => manager.installed(),
    ])
      await expect(act()).rejects.toThrow(/was not written by bridge-supervisor/);
    expect(await readFile(plistOf(rig), 'utf8')).toBe('<plist/>');
  });
});

describe('launchd: start', () => {
  test('launchd start loads the plist, which starts the job', async ({ rig }) => {
    const { manager } = await scene(rig);
    await manager.start();
    expect(takeAsked(rig)).toEqual([
      `/bin/launchctl print ${TARGET}`,
      '/bin/launchctl print-disabled gui/1234',
      `/bin/launchctl print ${TARGET}`,
      `/bin/launchctl bootstrap gui/1234 ${plistOf(rig)}`,
      `/bin/launchctl print ${TARGET}`,
    ]);
    expect(await manager.status()).toEqual({ state: 'running', pid: 4711, startsAt: 'login', cause: null });
  });

  test('launchd start leaves a running job alone', async ({ rig }) => {
    const { manager, system } = await scene(rig);
    system.run(99);
    await manager.start();
    expect(takeAsked(rig)).toEqual([`/bin/launchctl print ${TARGET}`]);
  });

  test('launchd start waits while launchd still unloads the old job', async ({ rig }) => {
    const { manager, system, clock } = await scene(rig);
    system.run();
    system.end('last exit code = 1', 'spawn scheduled');
    system.settling = 5_000;
    await manager.start();
    expect(clock.passed).toBeGreaterThanOrEqual(5_000);
    expect(takeAsked(rig).filter((line) => / boot/.test(line))).toEqual([
      `/bin/launchctl bootout ${TARGET}`,
      `/bin/launchctl bootstrap gui/1234 ${plistOf(rig)}`,
    ]);
  });

  test('launchd start forgets that the supervisor gave up', async ({ rig }) => {
    const { manager, state } = await scene(rig);
    await writeGaveUp(state, { at: '2026-03-01T12:00:00.000Z', why: 'it ended five times' });
    await manager.start();
    expect(await readGaveUp(state)).toBeNull();
  });

  test('launchd start says that a login session is needed, as over SSH', async ({ rig }) => {
    const { manager, system } = await scene(rig);
    system.session = false;
    expect(await manager.unavailable()).toMatch(/ann is not logged in at this Mac's screen/);
    await expect(manager.start()).rejects.toThrow(/ann is not logged in at this Mac's screen/);
  });

  test('launchd start retries a transient failure, then reports what launchd printed', async ({ rig }) => {
    const clock = new HurryingClock();
    const system = new PlayedLaunchd(clock);
    const manager = launchd(
      played(
        rig,
        (line, args) =>
          args[0] === 'bootstrap'
            ? {
                code: 5,
                stderr: 'Bootstrap failed: 5: Input/output error\nTry re-running the command as root',
              }
            : system.play(line, args),
        clock,
      ),
    );
    await manager.install(definition());
    await expect(manager.start()).rejects.toThrow(
      /Bootstrap failed: 5: Input\/output error\. Reinstall the service/,
    );
    expect(clock.passed).toBeGreaterThanOrEqual(15_000);
  });

  test('launchd start fails when launchd takes the job and does not start it', async ({ rig }) => {
    const { manager, system } = await scene(rig);
    system.onStart = () => {
      system.job = { state: 'not running', pid: null, runs: 0, end: '', exitTimeout: 75 };
    };
    await expect(manager.start()).rejects.toThrow(`launchctl print ${TARGET}`);
  });
});

describe('launchd: stop', () => {
  test('launchd stop asks the supervisor, which exits with success and stays down', async ({ rig }) => {
    const { manager, system } = await scene(rig);
    system.run();
    await manager.stop(async () => system.end('last exit code = 0'));
    expect(takeAsked(rig)).toEqual([`/bin/launchctl print ${TARGET}`]);
    expect(await manager.status()).toEqual({ state: 'stopped', pid: null, startsAt: 'login', cause: null });
  });

  test('launchd stop signals a supervisor that cannot be asked', async ({ rig }) => {
    const { manager, system } = await scene(rig);
    system.run();
    await manager.stop(() => Promise.reject(new Error('it does not answer')));
    expect(takeAsked(rig)).toContain(`/bin/launchctl kill SIGTERM ${TARGET}`);
    expect(system.job?.pid).toBeNull();
  });

  test('launchd stop has launchd kill a supervisor that does not respond in its stop time', async ({
    rig,
  }) => {
    const { manager, system, clock } = await scene(rig);
    system.run();
    system.onTerm = () => {};
    await manager.stop(async () => {});
    expect(clock.passed).toBeGreaterThanOrEqual(75_000);
    expect(takeAsked(rig)).toContain(`/bin/launchctl bootout ${TARGET}`);
    expect(system.job).toBeNull();
  });

  test('launchd stop keeps a job that has just died from being restarted', async ({ rig }) => {
    const { manager, system } = await scene(rig);
    system.run();
    system.end('last exit code = 1', 'spawn scheduled');
    await manager.stop(never);
    expect(takeAsked(rig)).toContain(`/bin/launchctl bootout ${TARGET}`);
    expect((await manager.status()).state).toBe('stopped');
  });

  test('launchd stop does nothing when nothing runs', async ({ rig }) => {
    const { manager } = await scene(rig);
    await manager.stop(never);
    expect(takeAsked(rig)).toEqual([`/bin/launchctl print ${TARGET}`]);
  });
});

test('launchd uninstall unloads the job and removes the plist, once or twice', async ({ rig }) => {
  const { manager, system, state } = await scene(rig);
  system.run();
  system.end('last exit code = 0');
  await manager.uninstall();
  expect(takeAsked(rig)).toEqual([
    `/bin/launchctl print ${TARGET}`,
    `/bin/launchctl bootout ${TARGET}`,
    `/bin/launchctl print ${TARGET}`,
  ]);
  await manager.uninstall();
  expect(await manager.installed()).toBeNull();
  expect(await readdir(dirname(plistOf(rig)))).toEqual([]);
  expect((await stat(state)).isDirectory()).toBe(true);
});

describe('launchd: state', () => {
  const at = '2026-03-01T12:00:00.000Z';
  test.for([
    ['running', 'running', 12, 'last exit code = (never exited)', null],
    ['starting', 'xpcproxy', 12, 'last exit code = (never exited)', null],
    ['stopping', 'SIGTERMed', 12, 'last exit code = (never exited)', null],
    ['stopped', 'not running', null, 'last exit code = (never exited)', null],
    ['stopped', 'not running', null, 'last exit code = 0', null],
    ['waiting', 'spawn scheduled', null, 'last exit code = 1', /exit code 1.* started it 3 times/],
    ['waiting', 'spawn scheduled', null, 'last terminating signal = Killed: 9', /signal Killed: 9/],
    [
      'waiting',
      'spawn scheduled',
      null,
      'last exit code = 78: EX_CONFIG',
      /78, EX_CONFIG.*bridge-supervisor install/,
    ],
    [
      'failed',
      'not running',
      null,
      'last terminating signal = Terminated: 15',
      /Terminated: 15.*not restarted/,
    ],
  ] as const)("the launchd state is %s for launchd's %s, pid %s, %s", async ([
    state,
    said,
    pid,
    end,
    detail,
  ], { rig }) => {
    const { manager, system } = await scene(rig);
    system.job = { state: said, pid, runs: 3, end, exitTimeout: 75 };
    const status = await manager.status();
    expect(status).toMatchObject({ state, pid });
    if (detail) expect(explained(manager, status)).toMatch(detail);
    else expect(status.cause).toBeNull();
  });

  test('the launchd state says that the supervisor gave up, which launchd takes for a success', async ({
    rig,
  }) => {
    const { manager, system, state } = await scene(rig);
    system.run();
    system.end('last exit code = 0');
    await writeGaveUp(state, { at, why: 'it ended five times in five minutes.' });
    const status = await manager.status();
    expect(status.state).toBe('gave-up');
    expect(explained(manager, status)).toBe(
      `It gave up at ${at}: it ended five times in five minutes. Find the cause with \`bridge-supervisor logs\`, then: bridge-supervisor start`,
    );
  });

  test.for(['', '{', '{"at":"yesterday","why":"so"}'])('a damaged give-up file is ignored: %s', async (text, {
    rig,
  }) => {
    const { manager, state } = await scene(rig);
    await writeFile(join(state, 'service-gave-up.json'), text);
    expect((await manager.status()).state).toBe('stopped');
  });

  test('the launchd state says that a disabled job does not start at login', async ({ rig }) => {
    const { manager, system } = await scene(rig);
    system.disabled = true;
    expect((await manager.status()).startsAt).toBeNull();
  });

  test('the launchd state of a job that is not installed asks nobody', async ({ rig }) => {
    const { manager } = await scene(rig, { installed: false });
    expect(await manager.status()).toEqual({ state: 'stopped', pid: null, startsAt: null, cause: null });
    expect(manager.ownOutput(10, false)).toMatchObject({ kind: 'none' });
    expect(rig.asked).toEqual([]);
  });
});

test.for([
  ['missing', /is not here/],
  ['late', /did not answer/],
] as const)('a launchctl that is %s is reported', async ([failure, message], { rig }) => {
  const { manager } = await scene(rig);
  const broken = launchd(played(rig, () => ({ code: null, failure })));
  await expect(broken.start()).rejects.toThrow(ServiceError);
  await expect(broken.start()).rejects.toThrow(message);
  expect(manager.kind).toBe('launchd');
});

test('output before the log is open goes to a file of the state folder', async ({ rig }) => {
  const { manager, state } = await scene(rig);
  expect(manager.ownOutput(10, true)).toEqual({ kind: 'file', path: join(state, 'service.err') });
});

test('launchd gives a short environment: PATH, user and its own sockets', async ({ rig }) => {
  const env = {
    PATH: '/opt/homebrew/bin:/usr/bin',
    SHELL: '/bin/zsh',
    TMPDIR: '/var/folders/x/T/',
    SSH_AUTH_SOCK: '/private/tmp/com.apple.launchd.x/Listeners',
    ANTHROPIC_API_KEY: 'secret',
  };
  const base = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', HOME: rig.home, USER: 'ann', LOGNAME: 'ann' };
  const { PATH: _, ANTHROPIC_API_KEY: __, ...given } = env;
  expect(await launchd({ ...rig.options, env }).baseEnvironment()).toEqual({ ...base, ...given });
  const foreign = { SSH_AUTH_SOCK: '/tmp/ssh-x/agent.1' };
  expect(await launchd({ ...rig.options, env: foreign }).baseEnvironment()).toEqual(base);
});

test('the launchd remarks say that launchd needs a login and a Mac that is awake', async ({ rig }) => {
  expect((await launchd(rig.options).remarks()).join(' ')).toMatch(/logged in.*FileVault.*sleeps/);
});
