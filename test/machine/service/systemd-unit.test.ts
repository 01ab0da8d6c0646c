/** The units as they are written; systemd's own tools read them where there are any. */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import type { ServiceDefinition, ServiceScope } from '../../../src/machine/service/service.ts';
import { systemd } from '../../../src/machine/service/systemd.ts';
import { onWindows } from '../../platform.ts';
import { definition, type Rig, test } from './rig.ts';

const HARD = String.raw`/srv/50% of "all" & it's $HOME \n é`;

/** `Name=value` lines without comments. */
function settings(rig: Rig, scope: ServiceScope, changes: Partial<ServiceDefinition> = {}): string[] {
  const [unit] = systemd({ ...rig.options, scope }).files(definition(changes));
  return (unit?.text ?? '').split('\n').filter((line) => /^\w+=/.test(line));
}

describe.skipIf(onWindows)('user unit (needs POSIX)', () => {
  test("a user unit lies where the user's manager looks", ({ rig }) => {
    const paths = systemd(rig.options)
      .files(definition({ hardened: true }))
      .map(({ path }) => path);
    expect(paths).toEqual([join(rig.home, '.config/systemd/user/bridge-supervisor.service')]);
    const moved = systemd({ ...rig.options, env: { XDG_CONFIG_HOME: '/elsewhere' } }).files(definition());
    expect(moved[0]?.path).toBe('/elsewhere/systemd/user/bridge-supervisor.service');
  });

  test('a user unit says who wrote it, for which folder, and where changes belong', ({ rig }) => {
    const [unit] = systemd(rig.options).files(definition());
    const [first, second, third] = unit?.text.split('\n') ?? [];
    expect(first).toBe('# bridge-supervisor service, version 1.2.3, state folder /home/ann/state');
    expect(`${second} ${third}`).toContain('systemctl --user edit bridge-supervisor');
    expect(unit?.text).not.toContain('{{');
  });

  test('a user unit restarts after every exit but a wrong configuration, within limits', ({ rig }) => {
    expect(settings(rig, 'user')).toEqual(
      expect.arrayContaining([
        'Type=exec',
        'Restart=always',
        'RestartSec=5',
        'StartLimitIntervalSec=300',
        'StartLimitBurst=5',
        'RestartPreventExitStatus=78',
        'WantedBy=default.target',
      ]),
    );
  });

  test('a user unit gives a graceful stop enough time, and signals only the supervisor', ({ rig }) => {
    const lines = settings(rig, 'user', { stopMs: 90_500 });
    expect(lines).toEqual(expect.arrayContaining(['KillMode=mixed', 'TimeoutStopSec=106']));
    expect(lines.filter((line) => line.startsWith('Watchdog'))).toEqual([]);
  });

  test('a user unit has no setting of a system unit', ({ rig }) => {
    const lines = settings(rig, 'user').join('\n');
    expect(lines).toContain('NoNewPrivileges=yes');
    expect(lines).not.toMatch(/^(Protect|Private|CapabilityBoundingSet|User=)/m);
  });
});

describe.skipIf(onWindows)('system unit (needs POSIX)', () => {
  test('a system unit runs as the user from boot, with the network there', ({ rig }) => {
    const lines = settings(rig, 'system');
    expect(lines).toEqual(
      expect.arrayContaining([
        'User=ann',
        'WantedBy=multi-user.target',
        'After=network-online.target',
        'Wants=network-online.target',
      ]),
    );
  });

  test("a system unit may write to the state folder and to the work's folders, even when one is gone", ({
    rig,
  }) => {
    const writable = ['/home/ann', '/srv/my work', '/home/ann/state'];
    expect(settings(rig, 'system', { writable })).toContain(
      'ReadWritePaths="-/home/ann/state" "-/home/ann" "-/srv/my work"',
    );
  });

  test('a system unit is hardened by a drop-in on request', ({ rig }) => {
    const files = systemd({ ...rig.options, scope: 'system' }).files(definition({ hardened: true }));
    expect(files.map(({ path }) => path)).toEqual([
      '/etc/systemd/system/bridge-supervisor.service',
      '/etc/systemd/system/bridge-supervisor.service.d/50-hardened.conf',
    ]);
    // Processes are told apart by the boot id, which this would hide from the service and not from the commands.
    expect(files[1]?.text).not.toContain('ProcSubset');
  });
});

describe.skipIf(onWindows)('systemd quoting (needs POSIX)', () => {
  test('a unit escapes what has a meaning to systemd', ({ rig }) => {
    const lines = settings(rig, 'user', { command: ['/opt/$x/50%/node', HARD], stateDir: HARD });
    expect(lines).toContain(
      String.raw`ExecStart="/opt/$x/50%%/node" "/srv/50%% of \"all\" & it's $$HOME \\n é"`,
    );
    expect(lines).toContain(String.raw`Environment="BRIDGE_HOME=/srv/50%% of \"all\" & it's $HOME \\n é"`);
  });

  test.for([
    [{ command: ['/opt/"q"/node', 'x'] }, 'quotes and backslashes'],
    [{ stateDir: '/srv/two\nlines' }, 'control character'],
    [{ stateDir: '/srv/\uffff' }, 'invalid one'],
    [{ stateDir: '/srv/\ufdd0' }, 'invalid one'],
    [{ command: ['/usr/bin/node', '\ud800'] }, 'invalid one'],
    [{ stateDir: '/srv/\ud800' }, 'half a character'],
  ] as const)('a unit refuses what it cannot quote: %j', ([changes, why], { rig }) => {
    expect(() => systemd(rig.options).files(definition(changes))).toThrow(why);
  });
});

const analyze = versionOf('systemd-analyze');

describe.skipIf(analyze === undefined)('systemd-analyze (needs systemd)', () => {
  const hard = { command: ['/bin/sh', HARD, 'run'], stateDir: HARD, writable: [HARD, '/srv/a b'] };

  test.for([
    ['user', {}],
    ['user', hard],
    ['system', {}],
    ['system', hard],
    ['system', { ...hard, hardened: true }],
  ] as const)('systemd-analyze finds nothing wrong with a %s unit: %j', async ([scope, changes], { rig }) => {
    const unit = await written(rig, scope, { command: ['/bin/sh', 'x'], ...changes });
    expect(analyzed(rig, 'verify', '--man=no', ...(scope === 'user' ? ['--user'] : []), unit)).toBe('');
  });

  test.for([
    [false, '44'],
    [true, '20'],
  ] as const)('a system unit (hardened: %s) is exposed no more than %s tenths', async ([hardened, most], {
    rig,
  }) => {
    const unit = await written(rig, 'system', { command: ['/bin/sh', 'x'], hardened });
    expect(analyzed(rig, 'security', '--offline=true', `--threshold=${most}`, unit)).toContain('OK');
  });
});

function versionOf(program: string): string | undefined {
  try {
    return execFileSync(program, ['--version'], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
}

/** Everything it says; throws when it is not content. */
function analyzed(rig: Rig, ...args: string[]): string {
  const env = { PATH: '/usr/bin:/bin', HOME: rig.home, XDG_RUNTIME_DIR: rig.home };
  return execFileSync('/bin/sh', ['-c', 'exec systemd-analyze --no-pager "$@" 2>&1', 'sh', ...args], {
    env,
    encoding: 'utf8',
  });
}

/** Writes the unit, with its drop-in beside it, and returns its path. */
async function written(rig: Rig, scope: ServiceScope, changes: Partial<ServiceDefinition>): Promise<string> {
  const account = { ...rig.options.account, name: 'daemon' };
  const files = systemd({ ...rig.options, account, scope }).files(definition(changes));
  const [unit] = files.map(({ path }) => path);
  for (const { path, text } of files) {
    const place = path === unit ? '' : basename(dirname(path));
    await mkdir(join(rig.home, 'units', place), { recursive: true });
    await writeFile(join(rig.home, 'units', place, basename(path)), text);
  }
  return join(rig.home, 'units', basename(unit ?? ''));
}
