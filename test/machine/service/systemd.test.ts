/** What is asked of systemd, and what its answers mean. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, vi } from 'vitest';
import { ServiceError } from '../../../src/machine/service/service.ts';
import { systemd } from '../../../src/machine/service/systemd.ts';
import { onWindows } from '../../platform.ts';
import { definition, explained, type Rig, test } from './rig.ts';

const UNIT = 'bridge-supervisor.service';
const unitPath = (rig: Rig) => join(rig.home, '.config/systemd/user', UNIT);

async function writeUnit(rig: Rig, text: string, path = unitPath(rig)): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

describe.skipIf(onWindows)('systemd: install (needs POSIX)', () => {
  test('systemd install writes the unit and enables it', async ({ rig }) => {
    await systemd(rig.options).install(definition());
    expect(await readFile(unitPath(rig), 'utf8')).toContain('ExecStart="/usr/bin/node"');
    expect((await stat(unitPath(rig))).mode & 0o777).toBe(0o644);
    expect(rig.asked).toEqual(['systemctl --user daemon-reload', `systemctl --user enable ${UNIT}`]);
  });

  test('systemd install twice is the same as once', async ({ rig }) => {
    const manager = systemd(rig.options);
    await manager.install(definition());
    const first = await manager.installed();
    await manager.install(definition());
    expect(await manager.installed()).toEqual(first);
    expect(await readdir(dirname(unitPath(rig)))).toEqual([UNIT]);
  });

  test('systemd install shows beforehand what it writes', async ({ rig }) => {
    const manager = systemd(rig.options);
    await manager.install(definition());
    expect((await manager.installed())?.files).toEqual(manager.files(definition()));
  });

  test('systemd install replaces the unit and the drop-in of an older version', async ({ rig }) => {
    const manager = systemd(rig.options);
    await manager.install(definition({ version: '0.9.0' }));
    const [unit] = manager.files(definition({ version: '0.9.0' }));
    await writeUnit(rig, unit?.text ?? '', `${unitPath(rig)}.d/50-hardened.conf`);
    expect(await manager.installed()).toMatchObject({ version: '0.9.0', stateDir: '/home/ann/state' });
    await manager.install(definition());
    expect(await manager.installed()).toMatchObject({ version: '1.2.3' });
    expect(await readdir(dirname(unitPath(rig)))).toEqual([UNIT]);
  });

  test("systemd install leaves a person's own drop-ins alone", async ({ rig }) => {
    const own = `${unitPath(rig)}.d/override.conf`;
    await writeUnit(rig, '[Service]\nNice=5\n', own);
    const manager = systemd(rig.options);
    await manager.install(definition());
    await manager.uninstall();
    expect(await readFile(own, 'utf8')).toContain('Nice=5');
  });

  test.for([
    '',
    '50-hardened.conf',
  ])('systemd install refuses to touch a unit of somebody else %s', async (dropIn, { rig }) => {
    const path = dropIn === '' ? unitPath(rig) : `${unitPath(rig)}.d/${dropIn}`;
    await writeUnit(rig, '[Service]\nExecStart=/usr/bin/other\n', path);
    const manager = systemd(rig.options);
    for (const act of [
      () => manager.installed(),
      () => manager.install(definition()),
      () => manager.uninstall(),
    ])
      await expect(act()).rejects.toThrow(`${path} was not written by bridge-supervisor`);
    expect(await readFile(path, 'utf8')).toContain('other');
    expect(rig.asked).toEqual([]);
  });

  test('systemd install names the folder that cannot be written', async ({ rig }) => {
    await writeFile(join(rig.home, '.config'), 'a file in the way');
    await expect(systemd(rig.options).install(definition())).rejects.toThrow(
      /\.config\/systemd\/user could not be changed/,
    );
  });

  test('systemd install reports in one line what systemd printed', async ({ rig }) => {
    rig.answers('systemctl --user enable', { code: 1, stderr: 'Failed to enable unit:\nno such bus.\n' });
    await expect(systemd(rig.options).install(definition())).rejects.toThrow(
      new ServiceError(
        `systemd did not enable ${UNIT}: Failed to enable unit: no such bus. Try: systemctl --user enable ${UNIT}`,
      ),
    );
  });
});

describe.skipIf(onWindows)('systemd: uninstall (needs POSIX)', () => {
  test('systemd uninstall leaves nothing', async ({ rig }) => {
    const manager = systemd(rig.options);
    await manager.install(definition());
    rig.asked.length = 0;
    await manager.uninstall();
    expect(await readdir(dirname(unitPath(rig)))).toEqual([]);
    expect(await manager.installed()).toBeNull();
    expect(rig.asked).toEqual([
      `systemctl --user disable ${UNIT}`,
      'systemctl --user daemon-reload',
      `systemctl --user reset-failed ${UNIT}`,
    ]);
  });

  test('systemd uninstall twice is the same as once, even when systemd no longer knows the unit', async ({
    rig,
  }) => {
    rig.answers('systemctl --user reset-failed', { code: 1, stderr: 'Unit not loaded.' });
    rig.answers('systemctl --user disable', { code: 1, stderr: 'Unit file does not exist.' });
    await systemd(rig.options).uninstall();
  });
});

describe('systemd: start', () => {
  test('systemd start clears an earlier start limit', async ({ rig }) => {
    rig.answers('systemctl --user reset-failed', { code: 1, stderr: 'Unit not loaded.' });
    await systemd(rig.options).start();
    expect(rig.asked).toEqual([`systemctl --user reset-failed ${UNIT}`, `systemctl --user start ${UNIT}`]);
  });

  test('systemd start that fails says where to look', async ({ rig }) => {
    rig.answers('systemctl --user start', { code: 1, stderr: 'Job failed.\nSee journalctl.' });
    await expect(systemd(rig.options).start()).rejects.toThrow(
      'systemd did not start bridge-supervisor: Job failed. See journalctl. Find the cause with: bridge-supervisor logs',
    );
  });
});

test('systemd stop asks systemd, which asks the supervisor', async ({ rig }) => {
  await systemd({ ...rig.options, scope: 'system' }).stop(async () => expect.unreachable());
  expect(rig.asked).toEqual([`systemctl stop ${UNIT}`]);
});

describe('systemd: status', () => {
  const failed = { ActiveState: 'failed', SubState: 'failed' };
  const running = { ActiveState: 'active', SubState: 'running', Result: 'success', MainPID: '77' };

  async function statusWith(rig: Rig, properties: Readonly<Record<string, string>>) {
    const stdout = Object.entries(properties)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n');
    rig.answers('systemctl --user show', { stdout });
    return systemd(rig.options).status();
  }

  test.for([
    [{ ActiveState: 'inactive', SubState: 'dead', MainPID: '0' }, 'stopped', null, null],
    [{}, 'stopped', null, null],
    [{ ActiveState: 'activating', SubState: 'start', MainPID: '76' }, 'starting', 76, null],
    [running, 'running', 77, null],
    [{ ...running, ActiveState: 'reloading' }, 'running', 77, null],
    [{ ...running, ActiveState: 'deactivating', SubState: 'stop-sigterm' }, 'stopping', 77, null],
    [
      {
        ActiveState: 'activating',
        SubState: 'auto-restart',
        MainPID: '0',
        NRestarts: '1',
        ExecMainCode: '1',
        ExecMainStatus: '3',
      },
      'waiting',
      null,
      'It ended (exit code 3); systemd restarts it in a few seconds.',
    ],
    [
      { ...failed, Result: 'start-limit-hit', NRestarts: '5', ExecMainCode: '1', ExecMainStatus: '0' },
      'gave-up',
      null,
      /too often, last with exit code 0, .*then: bridge-supervisor start$/,
    ],
    // As seen of systemd 252: after the limit, Result still tells of the last end.
    [
      {
        ...failed,
        Result: 'signal',
        NRestarts: '5',
        ExecMainCode: '2',
        ExecMainStatus: '9',
        ExecMainExitTimestampMonotonic: '12507052193',
        InactiveExitTimestampMonotonic: '12507052853',
      },
      'gave-up',
      null,
      /too often, last with SIGKILL/,
    ],
    [
      {
        ...failed,
        Result: 'exit-code',
        NRestarts: '0',
        ExecMainCode: '1',
        ExecMainStatus: '78',
        ExecMainExitTimestampMonotonic: '12504796394',
        InactiveExitTimestampMonotonic: '12504792588',
      },
      'failed',
      null,
      /exit code 78; a restart will not help.*then: bridge-supervisor start$/,
    ],
    // Stopped, after restarts of long ago, and it did not end well.
    [
      {
        ...failed,
        Result: 'timeout',
        NRestarts: '5',
        ExecMainCode: '2',
        ExecMainStatus: '9',
        ExecMainExitTimestampMonotonic: '200',
        InactiveExitTimestampMonotonic: '100',
      },
      'failed',
      null,
      /^It ended \(SIGKILL\) and is not restarted/,
    ],
    [{ ...failed, Result: 'resources' }, 'failed', null, /^It ended \(resources\)/],
  ] as const)('the systemd status of %j is %s', async ([properties, state, pid, detail], { rig }) => {
    const status = await statusWith(rig, properties);
    expect(status).toMatchObject({ state, pid });
    const text = explained(systemd(rig.options), status);
    if (detail instanceof RegExp) expect(text).toMatch(detail);
    else expect(text).toBe(detail);
  });

  test('the systemd status says when the unit starts by itself: at boot, at login, or never', async ({
    rig,
  }) => {
    expect(await statusWith(rig, { UnitFileState: 'disabled' })).toMatchObject({ startsAt: null });
    rig.answers('loginctl', { stdout: 'Linger=no' });
    expect(await statusWith(rig, { UnitFileState: 'enabled' })).toMatchObject({ startsAt: 'login' });
    rig.answers('loginctl', { stdout: 'Linger=yes' });
    expect(await statusWith(rig, { UnitFileState: 'enabled' })).toMatchObject({ startsAt: 'boot' });
    rig.answers('systemctl show', { stdout: 'UnitFileState=enabled' });
    const status = systemd({ ...rig.options, scope: 'system' }).status();
    expect(await status).toMatchObject({ startsAt: 'boot' });
  });

  test('the systemd status is not guessed when systemd does not answer', async ({ rig }) => {
    rig.answers('systemctl', { code: 1, stderr: 'Failed to connect to bus: No medium found' });
    await expect(systemd(rig.options).status()).rejects.toThrow('No medium found');
  });
});

describe.skipIf(onWindows)("systemd's availability (needs POSIX)", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });
  const missing = { code: null, failure: 'missing' } as const;
  const noBus = { code: 1, stderr: 'Failed to connect to bus: No medium found' };

  test.for([
    ['user', missing, /no systemctl.*bridge-supervisor start.*bridge-supervisor run/],
    ['user', { code: 1, stdout: 'offline' }, /does not run this machine.*bridge-supervisor run/],
    ['system', { code: 1, stdout: 'offline' }, /does not run this machine/],
    ['user', noBus, /no user manager for ann .*su or sudo.*loginctl enable-linger ann/],
    ['user', { ...noBus, stdout: 'unknown' }, /no user manager for ann/],
    ['system', noBus, /cannot be asked \(Failed to connect to bus: No medium found\)/],
  ] as const)('systemd is unavailable for a %s unit when it answers %j', async ([scope, answer, why], {
    rig,
  }) => {
    rig.answers('systemctl', answer);
    expect(await systemd({ ...rig.options, scope }).unavailable()).toMatch(why);
  });

  test('systemd is unavailable for a system unit without root', async ({ rig }) => {
    vi.spyOn(process, 'geteuid').mockReturnValue(1000);
    rig.answers('systemctl', { stdout: 'running' });
    expect(await systemd({ ...rig.options, scope: 'system' }).unavailable()).toMatch(/by root.*sudo/);
  });

  test.for(['running', 'degraded', 'starting'])('systemd is available while it is %s', async (answer, {
    rig,
  }) => {
    vi.spyOn(process, 'geteuid').mockReturnValue(0);
    rig.answers('systemctl', { code: answer === 'running' ? 0 : 1, stdout: answer });
    for (const scope of ['user', 'system'] as const)
      expect(await systemd({ ...rig.options, scope }).unavailable()).toBeNull();
  });

  test('systemd is found without XDG_RUNTIME_DIR, as in a cron job', async ({ rig }) => {
    await systemd(rig.options).unavailable();
    const env = { XDG_RUNTIME_DIR: '/run/mine' };
    await systemd({ ...rig.options, env }).unavailable();
    const folders = rig.environments.map((environment) => environment.XDG_RUNTIME_DIR);
    expect(folders).toEqual(['/run/user/1234', '/run/mine']);
  });
});

describe('environment of a systemd service', () => {
  const given = [
    'LANG=C.UTF-8',
    'PATH=/home/ann/bin:/usr/bin',
    'XDG_RUNTIME_DIR=/run/user/1234',
    "GREETING=$'it\\'s\\ta \\\\ word\\nor two'",
  ].join('\n');

  test("a systemd user service has the environment of the user's manager", async ({ rig }) => {
    rig.answers('systemctl --user show-environment', { stdout: given });
    rig.answers('getent', { stdout: 'ann:x:1234:1234::/home/ann:/bin/zsh' });
    expect(await systemd(rig.options).baseEnvironment()).toEqual({
      HOME: rig.home,
      USER: 'ann',
      LOGNAME: 'ann',
      SHELL: '/bin/zsh',
      LANG: 'C.UTF-8',
      PATH: '/home/ann/bin:/usr/bin',
      XDG_RUNTIME_DIR: '/run/user/1234',
      GREETING: "it's\ta \\ word\nor two",
    });
  });

  test('a systemd system service has the environment of the account, and a plain PATH', async ({ rig }) => {
    rig.answers('systemctl show-environment', { stdout: 'LANG=C.UTF-8' });
    expect(await systemd({ ...rig.options, scope: 'system' }).baseEnvironment()).toEqual({
      HOME: rig.home,
      USER: 'ann',
      LOGNAME: 'ann',
      SHELL: '/bin/sh',
      LANG: 'C.UTF-8',
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    });
  });
});

test('the output of the service is in the journal', ({ rig }) => {
  expect(systemd(rig.options).ownOutput(20, false)).toEqual({
    kind: 'program',
    command: 'journalctl',
    args: ['--user-unit', UNIT, '--lines', '20', '--no-pager'],
  });
  expect(systemd({ ...rig.options, scope: 'system' }).ownOutput(5, true)).toMatchObject({
    args: ['--unit', UNIT, '--lines', '5', '--no-pager', '--follow'],
  });
});

test('the systemd remarks say how to enable lingering where it is missing', async ({ rig }) => {
  rig.answers('loginctl', { code: 1, stderr: 'User ID 1234 is not logged in or lingering' });
  expect(await systemd(rig.options).remarks()).toEqual([
    expect.stringContaining('loginctl enable-linger ann'),
  ]);
  rig.answers('loginctl', { stdout: 'Linger=yes' });
  expect(await systemd(rig.options).remarks()).toEqual([]);
  expect(await systemd({ ...rig.options, scope: 'system' }).remarks()).toEqual([]);
});
