/** What `install` promises, whichever service manager it is. */
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { currentLease } from '../../src/bridge/lease.ts';
import { type InstallOptions, install } from '../../src/cli/commands/install.ts';
import { runAs } from '../../src/install/as-user.ts';
import { runProgram } from '../../src/machine/program.ts';
import { readEnvironmentFile } from '../../src/machine/service/environment-file.ts';
import { VERSION } from '../../src/version.ts';
import { isRoot, onLinux, onWindows } from '../platform.ts';
import { stableText } from '../stable-text.ts';
import { RUNNING, type ServiceRig, test } from './service-rig.ts';
import { holdLease, thisProcess } from './stories.ts';

type Environment = Record<string, string>;

/** As passwd(5) of every Linux has it. */
const NOBODY = { uid: 65_534, gid: 65_534 };

interface Call {
  readonly options?: Partial<InstallOptions>;
  readonly env?: Environment;
  readonly entry?: readonly string[];
}

async function call(service: ServiceRig, { options = {}, env = {}, entry }: Call = {}) {
  const plain = service.cli();
  const cli = service.cli({ env: { ...plain.env, ...env }, ...(entry ? { selfCommand: entry } : {}) });
  await install(cli, { start: true, ...options }, service.services);
  const answer = { code: cli.exitCode, stdout: cli.stdout(), stderr: cli.stderr() };
  const text = `${answer.stdout}${answer.stderr}exit code ${answer.code}`;
  // Of a service of the machine the name has the user's in it, and where its programs lie counts.
  if (onLinux && !options.system) expect(stableText(text, { [service.root]: '<root>' })).toMatchSnapshot();
  return answer;
}

function environmentFile({ home }: ServiceRig): string {
  return join(home, 'service.env');
}

describe.skipIf(onWindows)('install (plays claude by a script with #!)', () => {
  test('install writes, registers and starts the service, and names each file', async ({ service }) => {
    service.play.remarks = ['Log in once after a restart.'];
    const { code, stdout, stderr } = await call(service);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(service.play.calls).toEqual(['install', 'start']);
    expect(stdout).toMatch(/Installed: played service bridge-supervisor-[0-9a-f]{8}\n/);
    expect(stdout).toContain(`  ${environmentFile(service)} (new)\n`);
    expect(stdout).toContain(`  ${service.unit} (new)\n`);
    expect(stdout).toContain(`The service is running (pid ${process.pid}).\n`);
    expect(stdout).toContain('  - Log in once after a restart.\n');
    expect(await readFile(service.unit, 'utf8')).toContain(
      `version ${VERSION}, state folder ${service.home}`,
    );
  });

  test('install gives the service absolute paths, its stop time, and the folders it writes to', async ({
    service,
  }) => {
    const folder = join(service.root, 'site');
    await mkdir(folder);
    await service.configure({
      workspaces: { site: folder },
      workspace_roots: [service.root],
      drain_timeout: '2m',
    });
    await call(service, { options: { start: false } });
    const [, ...lines] = (await readFile(service.unit, 'utf8')).split('\n');
    expect(JSON.parse(lines.join('\n'))).toEqual({
      version: VERSION,
      command: [
        process.execPath,
        join(service.root, 'bridge', 'dist', 'cli.js'),
        'run',
        '--quiet',
        '--environment',
        environmentFile(service),
      ],
      stateDir: service.home,
      hardened: false,
      writable: [service.root, folder],
      stopMs: 180_000,
    });
  });

  test('install twice is the same as once: nothing is written, and what runs goes on', async ({
    service,
  }) => {
    await call(service);
    service.play.calls.length = 0;
    const before = await stat(environmentFile(service));
    const { code, stdout } = await call(service, { env: { HTTPS_PROXY: 'http://new' } });
    expect(code).toBe(0);
    expect(stdout).toContain('is already installed; nothing changed.');
    expect(stdout).toContain('The service was already running (');
    expect(service.play.calls).toEqual(['install']);
    expect((await stat(environmentFile(service))).mtimeMs).toBe(before.mtimeMs);
  });

  test('install keeps a hardened service hardened until that is taken back', async ({ service }) => {
    service.play.scope = 'system';
    const hardenedAfter = async (options: Partial<InstallOptions>) => {
      await call(service, { options: { system: true, user: userInfo().username, ...options } });
      return JSON.parse((await readFile(service.unit, 'utf8')).replace(/^#.*/, '')).hardened;
    };
    expect(await hardenedAfter({ hardened: true })).toBe(true);
    expect(await hardenedAfter({})).toBe(true);
    expect(await hardenedAfter({ hardened: false })).toBe(false);
    expect(await hardenedAfter({})).toBe(false);
  });

  test('install upgrades an older version, and restarts it if it ran', async ({ service }) => {
    await call(service);
    const current = await readFile(service.unit, 'utf8');
    await writeFile(service.unit, current.replaceAll(VERSION, '0.0.1'));
    service.play.calls.length = 0;
    const { stdout } = await call(service);
    expect(stdout).toContain(`Upgraded from version 0.0.1 to ${VERSION}: `);
    expect(stdout).toContain('The service was restarted (');
    expect(service.play.calls).toEqual(['install', 'stop', 'start']);
    expect(await readFile(service.unit, 'utf8')).toBe(current);
  });

  test('install restarts what still runs an older version, though an earlier call has written the files', async ({
    service,
  }) => {
    service.play.status = RUNNING;
    await holdLease(await service.bridge, await thisProcess(), '0.0.1');
    await call(service, { options: { start: false } });
    service.play.calls.length = 0;
    expect((await call(service)).stdout).toContain('The service was restarted (');
    expect(service.play.calls).toEqual(['install', 'stop', 'start']);
  });

  test('install refuses to replace a service for another state folder, while there is such a folder', async ({
    service,
  }) => {
    await call(service);
    const other = join(service.root, 'other');
    await mkdir(other);
    const ours = await readFile(service.unit, 'utf8');
    await writeFile(service.unit, ours.replaceAll(service.home, other));
    const { code, stderr } = await call(service);
    expect(code).toBe(1);
    expect(stderr).toContain(`is there already, for another state folder: ${other}.`);
    await rm(other, { recursive: true });
    expect((await call(service)).code).toBe(0);
    expect(await readFile(service.unit, 'utf8')).toBe(ours);
  });

  test('install replaces a supervisor in the background, and says so', async ({ service }) => {
    const running = service.start({}, 'run');
    await running.prints(/supervisor\.started/);
    const { code, stdout } = await call(service);
    expect(code).toBe(0);
    expect(stdout).toContain(`Stopped the background supervisor (pid ${running.child.pid})`);
    expect((await running.ended).code).toBe(0);
    expect((await currentLease(await service.bridge))?.pid).toBe(process.pid);
  });

  test('install --no-start starts nothing', async ({ service }) => {
    const { code, stdout } = await call(service, { options: { start: false } });
    expect(code).toBe(0);
    expect(stdout).toContain('Installed: ');
    expect(service.play.calls).toEqual(['install']);
  });

  test('install fails when the service does not come up, with what the manager says and what was printed', async ({
    service,
  }) => {
    service.play.printed = 'Error: no luck\ntoday';
    service.play.onStart = async () => {
      service.play.status = { ...RUNNING, state: 'failed', cause: { kind: 'permanent-failure' } };
    };
    const { code, stderr } = await call(service);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'the service is installed, but did not start: it ended with exit code 78; a restart will not help. It printed: Error: no luck / today. See `bridge-supervisor doctor`, then: bridge-supervisor start \n',
    );
  });

  test('install --json reports the same in one object', async ({ service }) => {
    const { stdout } = await call(service, { options: { json: true } });
    expect(JSON.parse(stdout)).toMatchObject({
      service: { manager: 'systemd', scope: 'user' },
      state_dir: service.home,
      version: VERSION,
      version_before: null,
      changed: true,
      findings: expect.arrayContaining([
        expect.objectContaining({
          check: 'claude.login',
          verdict: 'ok',
          message: expect.stringContaining('logged in (claude.ai)'),
          hint: null,
        }),
      ]),
      files: [
        { path: environmentFile(service), change: 'new' },
        { path: service.unit, change: 'new' },
      ],
      running: true,
      pid: process.pid,
      remarks: [],
    });
  });
});

describe.skipIf(onWindows)('install --dry-run (plays claude by a script with #!)', () => {
  test('install --dry-run shows every file and what would run, no value of service.env, and changes nothing', async ({
    service,
  }) => {
    const env = { ANTHROPIC_AUTH_TOKEN: 'sesame', HTTPS_PROXY: 'http://user:word@proxy' };
    const { code, stdout } = await call(service, { env, options: { dryRun: true } });
    expect(code).toBe(0);
    expect(stdout).toContain(`${environmentFile(service)} (would be written)\n  + ANTHROPIC_AUTH_TOKEN=…\n`);
    expect(stdout).not.toMatch(/sesame|word@proxy/);
    expect(stdout).toContain(`${service.unit} (would be written)\n  # bridge-supervisor service`);
    expect(stdout).toContain('Nothing was changed.');
    expect(service.play.calls).toEqual([]);
    expect(existsSync(environmentFile(service))).toBe(false);
    expect(existsSync(service.unit)).toBe(false);
  });

  test('install --dry-run shows only the lines that change', async ({ service }) => {
    await call(service, { env: { HTTPS_PROXY: 'http://old', LANG: 'C' } });
    await service.configure({ drain_timeout: '5m' });
    const { stdout } = await call(service, {
      env: { HTTPS_PROXY: 'http://new', TZ: 'Asia/Tokyo' },
      options: { dryRun: true, captureEnvironment: true },
    });
    expect(stdout).toContain('(would change)');
    expect(stdout).toMatch(/^ {2}- {3}"stopMs": 60000\n {2}\+ {3}"stopMs": 360000$/m);
    for (const line of ['  ~ HTTPS_PROXY=…', '  ~ TZ=…', '  - LANG=…', '    PATH=…'])
      expect(stdout.split('\n')).toContain(line);
  });

  test('install --dry-run says when nothing would be installed, and exits 1', async ({ service }) => {
    const { code, stdout } = await call(service, {
      env: { BRIDGE_CLAUDE: '/nowhere' },
      options: { dryRun: true },
    });
    expect(code).toBe(1);
    expect(stdout).toContain('With the problems above, nothing would be installed.');
  });
});

describe.skipIf(onWindows)('environment of the service (plays claude by a script with #!)', () => {
  test("the service's environment is captured into a private file, and in no file of the manager", async ({
    service,
  }) => {
    await call(service, {
      env: {
        ANTHROPIC_AUTH_TOKEN: 'sesame',
        https_proxy: 'http://proxy',
        CLAUDE_CODE_SESSION_ID: 'of another session',
        BRIDGE_CONCURRENCY: '3',
        BRIDGE_RUN_ID: 'of another run',
        EDITOR: 'ed',
        MINE: 'too',
      },
      options: { env: ['MINE'] },
    });
    expect((await stat(environmentFile(service))).mode & 0o777).toBe(0o600);
    expect(await readEnvironmentFile(environmentFile(service))).toEqual({
      ANTHROPIC_AUTH_TOKEN: 'sesame',
      BRIDGE_CLAUDE: join(service.root, 'bin', 'claude'),
      BRIDGE_CONCURRENCY: '3',
      MINE: 'too',
      PATH: `${join(service.root, 'bin')}:/usr/bin:/bin`,
      TZ: 'UTC',
      https_proxy: 'http://proxy',
    });
    expect(await readFile(service.unit, 'utf8')).not.toContain('sesame');
  });

  test("the service's environment names no claude where the configuration does", async ({ service }) => {
    await service.configure({ claude: join(service.root, 'bin', 'claude') });
    await call(service);
    expect(await readEnvironmentFile(environmentFile(service))).not.toHaveProperty('BRIDGE_CLAUDE');
  });

  test("the service's environment finds claude where its installer puts it, when PATH does not have it", async ({
    service,
  }) => {
    const usual = join(service.root, '.local', 'bin');
    await mkdir(usual, { recursive: true });
    await writeFile(join(usual, 'claude'), await readFile(join(service.root, 'bin', 'claude')));
    await chmod(join(usual, 'claude'), 0o700);
    await call(service, { env: { PATH: '/usr/bin:/bin' } });
    expect(await readEnvironmentFile(environmentFile(service))).toMatchObject({
      BRIDGE_CLAUDE: join(usual, 'claude'),
    });
  });

  test("the service's environment stays the owner’s; --capture-environment rewrites it and keeps the old one", async ({
    service,
  }) => {
    await call(service);
    const mine = `# mine\nBRIDGE_CLAUDE=${join(service.root, 'bin', 'claude')}\n`;
    await writeFile(environmentFile(service), mine);
    const left = await call(service, { env: { LANG: 'C' }, options: { env: ['LANG'] } });
    expect(await readFile(environmentFile(service), 'utf8')).toBe(mine);
    expect(left.stdout).toMatch(/^ *warning .*service\.env exists and stays as it is/m);

    await call(service, { env: { LANG: 'C' }, options: { captureEnvironment: true } });
    expect(await readEnvironmentFile(environmentFile(service))).toMatchObject({ LANG: 'C' });
    expect(await readFile(`${environmentFile(service)}.bak`, 'utf8')).toBe(mine);
    expect((await stat(`${environmentFile(service)}.bak`)).mode & 0o077).toBe(0);
  });

  test("a service's environment that others can read gets a warning", async ({ service }) => {
    await call(service);
    await chmod(environmentFile(service), 0o644);
    const { code, stdout } = await call(service);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ *warning .*can be read by other users/m);
    expect(stdout).toContain(`chmod 600 ${environmentFile(service)}`);
  });

  test('a variable of the service that is not set, or cannot be written, is refused by its name', async ({
    service,
  }) => {
    const missing = await call(service, { options: { env: ['NOT_SET'] } });
    expect(missing).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('NOT_SET cannot be captured'),
    });
    const odd = await call(service, { env: { ANTHROPIC_CUSTOM_HEADERS: 'secret\r\n' } });
    expect(odd).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ANTHROPIC_CUSTOM_HEADERS cannot be written'),
    });
    expect(odd.stderr).not.toContain('secret');
    expect(service.play.calls).toEqual([]);
  });
});

describe.skipIf(onWindows)('install refuses (plays claude by a script with #!)', () => {
  const refused = async (service: ServiceRig, given: Call = {}) => {
    const { code, stdout, stderr } = await call(service, given);
    expect(code).toBe(1);
    expect(stderr).toContain('nothing was installed: a problem would keep the service from working');
    expect(service.play.calls).toEqual([]);
    expect(existsSync(environmentFile(service))).toBe(false);
    return stdout;
  };

  test('install refuses a configuration that cannot be used', async ({ service }) => {
    await service.configure({ concurrency: 0 });
    expect(await refused(service)).toMatch(/^ *problem +.*config\.json: 'concurrency'/m);
  });

  test('install refuses to go on without claude', async ({ service }) => {
    expect(await refused(service, { env: { PATH: '/usr/bin:/bin' } })).toMatch(
      /^ *problem +No 'claude' on PATH\. Install Claude Code/m,
    );
  });

  test('install refuses a claude that does not run', async ({ service }) => {
    const broken = await service.file('broken', '#!/bin/sh\necho no luck >&2\nexit 3\n');
    await chmod(broken, 0o700);
    expect(await refused(service, { env: { BRIDGE_CLAUDE: broken } })).toContain(
      '--version failed with exit code 3: no luck',
    );
  });

  test('install refuses a workspace that does not exist', async ({ service }) => {
    await service.configure({ workspaces: { site: '/nowhere/site' } });
    expect(await refused(service)).toMatch(/^ *problem +Workspace site \(\/nowhere\/site\) does not exist/m);
  });

  test('install refuses a copy of the program that will not stay', async ({ service }) => {
    const entry = [process.execPath, '/home/ann/.npm/_npx/1a2b/node_modules/bridge-supervisor/dist/cli.js'];
    const { code, stderr } = await call(service, { entry });
    expect(code).toBe(1);
    expect(stderr).toContain('npm install -g bridge-supervisor');
    expect(service.play.calls).toEqual([]);
  });

  test('install refuses a system without a service manager, with what to do instead', async ({ service }) => {
    service.play.unavailable = 'systemd does not run this machine. Start it with: bridge-supervisor start';
    const { code, stderr } = await call(service);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'no service can be installed here: systemd does not run this machine. Start it with: bridge-supervisor start \n',
    );
  });

  test('install refuses a second service for the same state folder, with how to remove the first', async ({
    service,
  }) => {
    await call(service, { options: { start: false } });
    service.play.calls.length = 0;
    service.play.scope = 'both';
    const { code, stderr } = await call(service, { options: { system: true, user: userInfo().username } });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^the played service .* already works on .*\. Remove it first.*uninstall/);
    expect(service.play.calls).toEqual([]);
  });

  test('install refuses --hardened without --system', async ({ service }) => {
    const { code, stderr } = await call(service, { options: { hardened: true } });
    expect(code).toBe(1);
    expect(stderr).toContain('add --system');
  });

  test('install refuses to touch a file that is not ours', async ({ service }) => {
    await writeFile(service.unit, 'somebody’s\n');
    const { code, stderr } = await call(service);
    expect(code).toBe(1);
    expect(stderr).toContain('was not written by bridge-supervisor');
    expect(await readFile(service.unit, 'utf8')).toBe('somebody’s\n');
  });

  test('install --force ignores a failed check', async ({ service }) => {
    await service.configure({ workspaces: { site: '/nowhere/site' } });
    const { code, stdout } = await call(service, { options: { force: true } });
    expect(code).toBe(0);
    expect(stdout).toContain('Installed: ');
  });
});

describe.skipIf(onWindows)('install warns (plays claude by a script with #!)', () => {
  test('install warns when nobody is logged in', async ({ service }) => {
    const claude = await service.file(
      'out',
      `#!/bin/sh\n[ "$1" = auth ] || exec echo 2.1.329\necho '{"loggedIn":false,"authMethod":"none"}'\nexit 1\n`,
    );
    await chmod(claude, 0o700);
    const { code, stdout } = await call(service, { env: { BRIDGE_CLAUDE: claude } });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ *warning +Claude has no login in the environment of the service\.\n.*\/login/m);
  });

  test('install warns when a captured key would pay for all runs', async ({ service }) => {
    const { code, stdout } = await call(service, { env: { ANTHROPIC_API_KEY: 'sesame' } });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^ *warning +ANTHROPIC_API_KEY is set in the environment of the service: runs are billed to that key/m,
    );
    expect(stdout).not.toContain('sesame');
  });

  test('install warns when node belongs to a version that may be removed', async ({ service }) => {
    const entry = ['/home/ann/.nvm/versions/node/v22.12.0/bin/node', '/srv/bridge/dist/cli.js'];
    const { stdout } = await call(service, { entry, options: { dryRun: true } });
    expect(stdout).toMatch(/^ *warning +The service starts .*v22.12.0.* goes when that version of Node/m);
  });

  test('install does not warn where a link to the current version exists: the service starts that', async ({
    service,
  }) => {
    const node = join(service.root, 'mise/installs/node');
    await mkdir(join(node, '24.1.0/bin'), { recursive: true });
    await symlink(process.execPath, join(node, '24.1.0/bin/node'));
    await symlink('24.1.0', join(node, '24'));
    const entry = [join(node, '24.1.0/bin/node'), '/srv/bridge/dist/cli.js'];
    const { stdout } = await call(service, { entry, options: { dryRun: true } });
    expect(stdout).toContain(`It would run: ${join(node, '24/bin/node')} /srv/bridge/dist/cli.js run`);
    expect(stdout).not.toContain('goes when');
  });

  test('install warns when claude belongs to a version of Node that may be removed', async ({ service }) => {
    const folder = join(service.root, 'home/.nvm/versions/node/v24.1.0/bin');
    await mkdir(folder, { recursive: true });
    await symlink(join(service.root, 'bin', 'claude'), join(folder, 'claude'));
    const env = { BRIDGE_CLAUDE: join(folder, 'claude') };
    const { stdout } = await call(service, { env, options: { dryRun: true } });
    expect(stdout).toMatch(
      /^ *warning +The service starts .*v24.1.0[\s\S]*?goes when that version of Node is removed[\s\S]*?--capture-environment/m,
    );
  });
});

describe.skipIf(!onLinux || !isRoot)('install by root (needs root on Linux)', () => {
  test('install under sudo for root itself says what to do instead', async ({ service }) => {
    const { code, stderr } = await call(service, { env: { SUDO_USER: 'ann' } });
    expect(code).toBe(1);
    expect(stderr).toContain('sudo bridge-supervisor install --system --user ann');
    expect(service.play.calls).toEqual([]);
  });

  /** nobody's state folder, in which that user may do anything. */
  const ofNobody = async (service: ServiceRig) => {
    service.play.scope = 'system';
    const claude = join(service.root, 'bin', 'claude');
    for (const path of [service.root, join(service.root, 'bin'), claude]) await chmod(path, 0o755);
    await service.configure({ claude });
    for (const path of [service.home, join(service.home, 'config.json')])
      await chown(path, NOBODY.uid, NOBODY.gid);
    return service.shellCommand.split(' ');
  };
  const options = { system: true, user: 'nobody', start: false } as const;
  const asNobody = ['setpriv', `--reuid=${NOBODY.uid}`, `--regid=${NOBODY.gid}`, '--clear-groups'];

  test('install for another user looks as that user, and gives that user what it writes', async ({
    service,
  }) => {
    const entry = await ofNobody(service);
    await chown(join(service.home, 'config.json'), 0, 0);
    await chmod(join(service.home, 'config.json'), 0o600);
    const barred = await call(service, { entry, options });
    expect(barred.code).toBe(1);
    expect(barred.stdout).toMatch(/^ *problem +cannot read .*EACCES/m);

    const forced = await call(service, { entry, options: { ...options, force: true } });
    expect(forced).toMatchObject({ code: 0, stderr: '' });
    expect((await stat(environmentFile(service))).uid).toBe(service.play.options?.account.uid);
    expect(service.play.options).toMatchObject({ scope: 'system', account: { name: 'nobody' } });
    expect(service.play.options?.name).toMatch(/^bridge-supervisor-nobody-[0-9a-f]{8}$/);
  });

  test('install for another user gives away none of its own credentials, unless they are named', async ({
    service,
  }) => {
    const entry = await ofNobody(service);
    const env = {
      ANTHROPIC_API_KEY: 'of-root',
      GH_TOKEN: 'of-root',
      HTTPS_PROXY: 'http://root:of-root@proxy.test',
      http_proxy: 'http://proxy.test',
      CLAUDE_CONFIG_DIR: join(service.root, '.claude'),
      TZ: 'UTC',
    };
    const { code, stdout } = await call(service, { entry, env, options });
    expect(code).toBe(0);
    const values = await readEnvironmentFile(environmentFile(service));
    expect(Object.keys(values).sort()).toEqual(['PATH', 'TZ', 'http_proxy']);
    expect(values.PATH).not.toContain(service.root);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'not for another user: ANTHROPIC_API_KEY, CLAUDE_CONFIG_DIR, GH_TOKEN, HTTPS_PROXY',
    );

    const named = { ...options, env: ['GH_TOKEN'], captureEnvironment: true } as const;
    expect((await call(service, { entry, env, options: named })).stdout).not.toContain('of-root');
    expect(await readEnvironmentFile(environmentFile(service))).toMatchObject({ GH_TOKEN: 'of-root' });
  });

  test('install for another user follows no link of theirs to what is closed to them', async ({
    service,
  }) => {
    const entry = await ofNobody(service);
    const prey = join(service.root, 'prey');
    await writeFile(prey, 'SECRET=of-root\n', { mode: 0o600 });
    await symlink(prey, environmentFile(service));
    for (const captureEnvironment of [{}, { captureEnvironment: true }] as const) {
      const given = call(service, { entry, options: { ...options, ...captureEnvironment } });
      expect(await given).toMatchObject({ code: 1, stderr: expect.stringMatching(/cannot read .*EACCES/) });
    }

    await rm(environmentFile(service));
    await writeFile(environmentFile(service), '# mine\n');
    await chown(environmentFile(service), NOBODY.uid, NOBODY.gid);
    await symlink(prey, `${environmentFile(service)}.bak`);
    await symlink(prey, join(service.home, 'config.schema.json'));
    await call(service, { entry, options: { ...options, captureEnvironment: true } });
    expect(await readFile(`${environmentFile(service)}.bak`, 'utf8')).toBe('# mine\n');

    await rm(service.home, { recursive: true });
    const closed = join(service.root, 'closed');
    await mkdir(closed, { mode: 0o755 });
    await symlink(closed, service.home);
    expect(await call(service, { entry, options: { ...options, force: true } })).toMatchObject({ code: 1 });
    expect(await readdir(closed)).toEqual([]);
    const { mode, uid } = await stat(closed);
    expect({ mode: mode & 0o777, uid }).toEqual({ mode: 0o755, uid: 0 });
    expect(await readFile(prey, 'utf8')).toBe('SECRET=of-root\n');
    expect((await stat(prey)).uid).toBe(0);
  });

  test('install for another user runs nothing that could type into its terminal or become root again', async () => {
    const account = { name: 'nobody', ...NOBODY, homeDir: '/nonexistent' };
    const script = 'echo $$; cut -d " " -f 6 /proc/$$/stat; id -u; pwd; grep NoNewPrivs /proc/$$/status';
    const { stdout } = await runAs(account, runProgram)('/bin/sh', ['-c', script], {
      env: { PATH: '/usr/bin:/bin' },
    });
    const [pid, session, ...rest] = stdout.split('\n');
    expect(session).toBe(pid);
    expect(rest).toEqual([String(NOBODY.uid), '/', 'NoNewPrivs:\t1']);
  });

  test('install for another user starts the service, and asks that user’s store as that user', async ({
    service,
  }) => {
    const entry = await ofNobody(service);
    const { uid } = NOBODY;
    const started: ReturnType<ServiceRig['start']>[] = [];
    service.play.onStart = async () => {
      const running = service.start({ wrapper: asNobody }, 'run');
      started.push(running);
      service.play.status = { ...RUNNING, pid: running.child.pid ?? 0 };
    };
    const { code, stdout, stderr } = await call(service, { entry, options: { ...options, start: true } });
    const [running] = started;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`The service is running (pid`);
    expect(stdout).toContain(`pid ${running?.child.pid}).`);
    const files = await readdir(service.home);
    const owners = await Promise.all(files.map(async (file) => (await stat(join(service.home, file))).uid));
    expect(new Set(owners)).toEqual(new Set([uid]));
    running?.child.kill('SIGTERM');
    await running?.ended;
  });

  test('install for another user stops what blocks the service, and does not take it for the service', async ({
    service,
  }) => {
    const entry = await ofNobody(service);
    const beside = service.start({ wrapper: asNobody }, 'run');
    await beside.prints(/supervisor\.started/);
    service.play.status = { ...RUNNING, state: 'waiting', pid: null };
    const started: ReturnType<ServiceRig['start']>[] = [];
    service.play.onStart = async () => {
      expect((await beside.ended).code).toBe(0);
      started.push(service.start({ wrapper: asNobody }, 'run'));
      service.play.status = RUNNING;
    };
    const { stdout } = await call(service, { entry, options: { ...options, start: true } });
    expect(stdout).toContain(`Stopped the background supervisor (pid ${beside.child.pid})`);
    expect(stdout).toContain(`(pid ${started[0]?.child.pid}).`);
    started[0]?.child.kill('SIGTERM');
    await started[0]?.ended;
  });

  test('install for an unknown user says so', async ({ service }) => {
    service.play.scope = 'system';
    const { stderr } = await call(service, { options: { system: true, user: 'no-such-user' } });
    expect(stderr).toContain("there is no user 'no-such-user' on this machine");
  });
});
