/** Each thing that is looked at, broken: the line that says so, and what to do about it. */

import { chmod, copyFile, mkdir, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { addCredential } from '../../src/bridge/credentials.ts';
import { setHold } from '../../src/bridge/holds.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { systemClock } from '../../src/clock.ts';
import type { Finding, FindingVerdict } from '../../src/doctor/check.ts';
import { tamper } from '../store/raw.ts';
import {
  CLAUDE,
  entry,
  git,
  holdLease,
  hurriedClock,
  type Rig,
  registerDesktop,
  shown,
  test,
} from './rig.ts';

interface Case {
  /** What is wrong, after "the doctor reports that". */
  readonly title: string;
  breakIt(rig: Rig): Promise<unknown> | unknown;
  /** The check that reports it. */
  readonly check: string;
  readonly verdict: FindingVerdict;
  readonly message: RegExp;
  readonly hint?: RegExp;
}

async function findingsOf(rig: Rig, { breakIt, check }: Case): Promise<Finding[]> {
  await breakIt(rig);
  const [group = ''] = check.split('.');
  return (await rig.doctor([group])).filter((finding) => finding.check === check);
}

function expectEach(cases: readonly Case[]): void {
  const named = cases.map((broken) => [broken.title, broken] as const);
  test.for(named)('the doctor reports that %s', async ([, broken], { rig }) => {
    const findings = await findingsOf(rig, broken);
    expect(findings).toContainEqual(
      expect.objectContaining({
        verdict: broken.verdict,
        message: expect.stringMatching(broken.message),
        ...(broken.hint ? { hint: expect.stringMatching(broken.hint) } : {}),
      }),
    );
    expect(shown(rig, findings)).toMatchSnapshot();
  });
}

/** A copy of our program as it is installed, with nothing in its parts. */
async function installation(rig: Rig, without?: string): Promise<void> {
  const root = join(rig.root, 'package');
  const files: Record<string, string> = {
    'package.json': '{"name":"bridge-supervisor","version":"0.0.0-test"}',
    'dist/cli.js': 'import"./chunks/part.js";import("./chunks/other.js")',
    'dist/chunks/part.js': '',
    'dist/chunks/other.js': '',
    'prompts/execute.md': '',
    'prompts/resume.md': '',
    'prompts/revise.md': '',
    'service/unit': '',
  };
  for (const [name, text] of Object.entries(files)) {
    if (name === without) continue;
    await mkdir(join(root, name, '..'), { recursive: true });
    await writeFile(join(root, name), text);
  }
  rig.machine = { ...rig.machine, selfCommand: [process.execPath, join(root, 'dist/cli.js')] };
}

async function nodeThatSays(rig: Rig, text: string): Promise<void> {
  const node = await rig.script('node', text);
  rig.machine = { ...rig.machine, selfCommand: [node, ...entry.slice(1)] };
}

describe('this program', () => {
  expectEach([
    {
      title: 'a part of the bundle is missing',
      breakIt: (rig) => installation(rig, 'dist/chunks/other.js'),
      check: 'program.files',
      verdict: 'problem',
      message: /is incomplete: .*other\.js is missing/,
    },
    {
      title: 'a prompt is missing',
      breakIt: (rig) => installation(rig, 'prompts/resume.md'),
      check: 'program.files',
      verdict: 'problem',
      message: /is incomplete: .*resume\.md is missing/,
    },
    {
      title: 'the program was upgraded and not built again',
      async breakIt(rig) {
        await installation(rig);
        const manifest = '{"name":"bridge-supervisor","version":"9.9.9"}';
        await writeFile(join(rig.root, 'package/package.json'), manifest);
      },
      check: 'program.files',
      verdict: 'problem',
      message: /is version 9\.9\.9, but the program in it was built from 0\.0\.0-test/,
    },
    {
      title: 'better-sqlite3 does not load',
      breakIt: (rig) => installation(rig),
      check: 'program.node',
      verdict: 'problem',
      message: /better-sqlite3 fails to load in Node .*better-sqlite3/,
    },
    {
      title: 'Node is too old',
      breakIt: (rig) => nodeThatSays(rig, `echo '{"node":"20.11.0"}'`),
      check: 'program.node',
      verdict: 'problem',
      message: /too old: .* is 20\.11\.0/,
    },
    {
      title: 'Node crashes',
      breakIt: (rig) => nodeThatSays(rig, 'kill -SEGV $$'),
      check: 'program.node',
      verdict: 'problem',
      message: /does not work: .* was killed by a signal/,
    },
    {
      title: 'SQLite has a fault that damages databases',
      breakIt: (rig) => nodeThatSays(rig, `echo '{"node":"24.0.0","sqlite":"3.51.2"}'`),
      check: 'program.node',
      verdict: 'problem',
      message: /SQLite 3\.51\.2 can corrupt the database/,
    },
  ]);
});

describe('the configuration', () => {
  expectEach([
    {
      title: 'a value of the configuration is wrong',
      breakIt: (rig) => rig.configure({ concurrency: 0 }),
      check: 'config.values',
      verdict: 'problem',
      message: /config\.json: 'concurrency'/,
    },
    {
      title: 'a key of the configuration is unknown',
      breakIt: (rig) => rig.configure({ concurency: 2 }),
      check: 'config.values',
      verdict: 'problem',
      message: /unknown key 'concurency'/,
    },
    {
      title: 'the configuration is not JSON',
      breakIt: (rig) => writeFile(join(rig.home, 'config.json'), '{"concurrency": 2,}'),
      check: 'config.values',
      verdict: 'problem',
      message: /is not valid JSON/,
    },
    {
      title: 'a variable has a name that no key has',
      breakIt(rig) {
        rig.serviceEnvironment = { ...rig.serviceEnvironment, BRIDGE_CONCURENCY: '2' };
      },
      check: 'config.variables',
      verdict: 'warning',
      message: /BRIDGE_CONCURENCY is set in the environment of the service, but there is no such key/,
    },
    {
      title: 'a variable counts here and not for the service',
      breakIt(rig) {
        rig.machine = { ...rig.machine, env: { ...rig.machine.env, BRIDGE_CONCURRENCY: '3' } };
      },
      check: 'config.variables',
      verdict: 'warning',
      message: /BRIDGE_CONCURRENCY differs here from the value in the service/,
    },
    {
      title: "the configuration's schema is of another version",
      breakIt: (rig) => writeFile(join(rig.home, 'config.schema.json'), '{}'),
      check: 'config.schema',
      verdict: 'warning',
      message: /of another version/,
    },
  ]);
});

describe('the state folder', () => {
  expectEach([
    {
      title: 'others can read the state folder',
      breakIt: (rig) => chmod(rig.home, 0o755),
      check: 'folder.rights',
      verdict: 'problem',
      message: /has mode 755: other users can read its plans and secrets/,
    },
    {
      title: 'the state folder belongs to somebody else',
      breakIt(rig) {
        rig.machine = { ...rig.machine, uid: 12_345 };
      },
      check: 'folder.rights',
      verdict: 'problem',
      message: /belongs to another user/,
    },
    {
      title: 'a file is in place of the state folder',
      async breakIt(rig) {
        const home = join(rig.root, 'file');
        await writeFile(home, '');
        rig.machine = { ...rig.machine, stateDir: home };
      },
      check: 'folder.rights',
      verdict: 'problem',
      message: /is a file, not a folder/,
    },
    ...['OneDrive - Example', 'Dropbox', 'com~apple~CloudDocs', 'GoogleDrive-me@example.org'].map((name) => ({
      title: `the state folder is synchronized with the cloud: ${name}`,
      async breakIt(rig: Rig) {
        const home = join(rig.root, name, 'state');
        await mkdir(home, { recursive: true });
        rig.machine = { ...rig.machine, stateDir: home };
      },
      check: 'folder.place',
      verdict: 'problem' as const,
      message: /is synced by (OneDrive|Dropbox|iCloud|Google Drive)/,
    })),
    {
      title: 'the state folder is on a network drive',
      breakIt(rig) {
        const nfs = { title: 'a network file system (NFS)', maybe: false };
        rig.machine = { ...rig.machine, foreignDisk: async () => nfs };
      },
      check: 'folder.place',
      verdict: 'problem',
      message: /is on a network file system \(NFS\): SQLite on a network drive gets corrupted/,
    },
    {
      title: 'the state folder is on a disk behind a program',
      breakIt(rig) {
        const fuse = { title: 'a file system of a program (FUSE)', maybe: true };
        rig.machine = { ...rig.machine, foreignDisk: async () => fuse };
      },
      check: 'folder.place',
      verdict: 'warning',
      message: /is on a file system of a program \(FUSE\): if that is a network drive/,
    },
    {
      title: 'the disk has no room for runs',
      breakIt: (rig) => rig.configure({ disk_min_mb: 1e9 }),
      check: 'folder.space',
      verdict: 'problem',
      message: /free: no run starts below/,
    },
    {
      title: 'others can change config.json',
      breakIt: (rig) => chmod(join(rig.home, 'config.json'), 0o666),
      check: 'folder.secrets',
      verdict: 'problem',
      message: /config\.json has mode 666: other users can change it/,
    },
    ...['service.env', 'token', 'runs/0123456789ab.mcp.json'].map((name) => ({
      title: `others can read ${name}`,
      async breakIt(rig: Rig) {
        await mkdir(join(rig.home, 'runs'), { recursive: true });
        await writeFile(join(rig.home, name), '{}');
        await chmod(join(rig.home, name), 0o644);
      },
      check: 'folder.secrets',
      verdict: 'problem' as const,
      message: /has mode 644: other users can read it, and it may hold secrets/,
    })),
  ]);
});

describe('the database', () => {
  const file = (rig: Rig) => join(rig.home, 'bridge.db');
  expectEach([
    {
      title: 'the database is damaged',
      async breakIt(rig) {
        await rig.withBridge(async (bridge) => {
          await databaseOf(bridge).write(({ trx }) =>
            setHold(
              trx,
              'fleet',
              {
                kind: 'paused',
                scope: '',
                reason: 'x'.repeat(50_000),
                since: '',
                until: null,
                source: 'person',
              },
              'person',
            ),
          );
        });
        await truncate(file(rig), 20 * 4_096);
      },
      check: 'database.file',
      verdict: 'problem',
      message: /damaged/,
    },
    {
      title: 'the database is something else',
      breakIt: (rig) => writeFile(file(rig), 'This is not a database. '.repeat(1_000)),
      check: 'database.file',
      verdict: 'problem',
      message: /not a bridge-supervisor database/,
    },
    {
      title: 'the database was lost',
      breakIt: async (rig) => {
        await mkdir(join(rig.home, 'plans'));
        await writeFile(join(rig.home, 'plans', 'a.md'), '# Plan');
        await rm(file(rig));
      },
      check: 'database.file',
      verdict: 'problem',
      message: /is missing or empty, but .*plans holds plans/,
    },
    {
      title: 'a newer version has written the database',
      breakIt: (rig) => sql(rig, 'PRAGMA user_version = 99; UPDATE meta SET compatible_from = 99'),
      check: 'database.file',
      verdict: 'problem',
      message: /written by a newer bridge-supervisor/,
    },
    {
      title: 'another program has written the database',
      breakIt: (rig) => sql(rig, 'PRAGMA application_id = 7'),
      check: 'database.file',
      verdict: 'problem',
      message: /database of another program/,
    },
    {
      title: "the database's log is never written back",
      breakIt: (rig) => writeFile(`${file(rig)}-wal`, Buffer.alloc(70_000_000)),
      check: 'database.log',
      verdict: 'warning',
      message: /has grown to 70 MB/,
    },
  ]);
});

describe('the clock', () => {
  expectEach([
    {
      title: 'the clock was set back',
      breakIt: (rig) => sql(rig, "UPDATE events SET created_at = '2999-01-01T00:00:00.000Z'"),
      check: 'clock.time',
      verdict: 'problem',
      message: /newest event is from 2999-01-01.*set back/,
    },
    {
      title: 'the clock is before the installation of this program',
      breakIt(rig) {
        const now = () => new Date('2020-01-01T00:00:00Z');
        rig.machine = { ...rig.machine, clock: { ...systemClock, now } };
      },
      check: 'clock.time',
      verdict: 'problem',
      message: /before this program was installed/,
    },
    {
      title: 'the time zone has a wrong name',
      breakIt(rig) {
        rig.serviceEnvironment = { ...rig.serviceEnvironment, TZ: 'Berlin' };
      },
      check: 'clock.zone',
      verdict: 'warning',
      message: /TZ is 'Berlin', which is not a time zone/,
    },
  ]);
});

function inService(rig: Rig, variables: Readonly<Record<string, string>>): void {
  rig.serviceEnvironment = { ...rig.serviceEnvironment, ...variables };
}

describe('Claude', () => {
  expectEach([
    {
      title: 'claude is missing',
      breakIt: (rig) => rm(rig.claude),
      check: 'claude.program',
      verdict: 'problem',
      message: /not there or not executable.*Searched in the environment of the service/,
    },
    {
      title: 'claude may not be executed',
      breakIt: (rig) => chmod(rig.claude, 0o600),
      check: 'claude.program',
      verdict: 'problem',
      message: /not there or not executable/,
    },
    {
      title: "claude is on the person's PATH and not on that of the service",
      async breakIt(rig) {
        await rig.configure({ claude: 'claude' });
        rig.machine = { ...rig.machine, env: { ...rig.machine.env, PATH: rig.root } };
      },
      check: 'claude.program',
      verdict: 'problem',
      message: /Searched in the environment of the service/,
    },
    {
      title: 'claude is broken',
      breakIt: (rig) => rig.script('claude', 'echo "cannot find module" >&2; exit 3'),
      check: 'claude.program',
      verdict: 'problem',
      message: /failed with exit code 3: cannot find module/,
    },
    {
      title: 'claude prints more than anybody could read',
      breakIt: (rig) => rig.script('claude', 'head -c 3000000 /dev/zero | tr "\\0" x; exit 3'),
      check: 'claude.program',
      verdict: 'problem',
      message: /failed with exit code 3: x{1000,2000}…$/,
    },
    {
      title: 'claude is too old',
      breakIt: (rig) => rig.script('claude', CLAUDE.replace('2.1.329', '2.0.14')),
      check: 'claude.program',
      verdict: 'warning',
      message: /Claude Code 2\.0\.14 .* is older than 2\.1\.197/,
    },
    {
      title: 'Claude Code obeys some settings of a repository that it is asked to ignore',
      breakIt: (rig) => rig.script('claude', CLAUDE.replace('2.1.329', '2.1.313')),
      check: 'claude.program',
      verdict: 'warning',
      message: /Claude Code 2\.1\.313 .* applies some repository settings/,
    },
    {
      title: 'Claude Code is too old to ask about calls, which the policy wants',
      async breakIt(rig) {
        await rig.configure({ policy: { ask: ['Bash(git push *)'] } });
        await rig.script('claude', CLAUDE.replace('2.1.329', '2.1.294'));
      },
      check: 'claude.permissions',
      verdict: 'warning',
      message: /2\.1\.294 makes a call when the gate fails, .* is denied in website, every other folder\.$/,
    },
    {
      title: 'nobody is logged in to Claude',
      breakIt: (rig) =>
        rig.script('claude', `echo '{"loggedIn":false,"authMethod":"none"}'; [ "$1" = --version ]`),
      check: 'claude.login',
      verdict: 'problem',
      message: /Claude has no login in the environment of the service/,
    },
    {
      title: 'claude does not say whether somebody is logged in',
      breakIt: (rig) => rig.script('claude', 'echo 2.1.329'),
      check: 'claude.login',
      verdict: 'warning',
      message: /does not report its login/,
    },
    ...['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'].map((name) => ({
      title: `${name} pays for every run`,
      breakIt: (rig: Rig) => inService(rig, { [name]: 'sk-ant-api03-simulated' }),
      check: 'claude.account',
      verdict: 'warning' as const,
      message: new RegExp(`^${name} is set in the environment of the service: runs are billed to that key`),
    })),
    {
      title: "a key in Claude's own settings pays for every run",
      async breakIt(rig) {
        await mkdir(join(rig.root, '.claude'));
        const settings = { env: { ANTHROPIC_API_KEY: 'sk-ant-api03-simulated' } };
        await writeFile(join(rig.root, '.claude/settings.json'), JSON.stringify(settings));
      },
      check: 'claude.account',
      verdict: 'warning',
      message: /ANTHROPIC_API_KEY is set in Claude's settings\.json/,
    },
    {
      title: 'a sandbox is required and cannot be started',
      async breakIt(rig) {
        await rig.configure({ sandbox: 'require' });
        await inService(rig, { PATH: rig.root });
      },
      check: 'claude.sandbox',
      verdict: 'problem',
      message: /There is no sandbox in the environment of the service: .*No run starts where one is required/,
    },
    {
      title: 'a sandbox is wanted where there is one and cannot be started',
      async breakIt(rig) {
        await rig.configure({ workspaces: { site: { path: rig.workspace, sandbox: 'auto' } } });
        await inService(rig, { PATH: rig.root });
      },
      check: 'claude.sandbox',
      verdict: 'warning',
      message: /There is no sandbox .* Commands run without one/,
    },
    {
      title: 'a proxy points nowhere',
      breakIt: (rig) => inService(rig, { HTTPS_PROXY: 'http://me:secret@127.0.0.1:1' }),
      check: 'claude.network',
      verdict: 'problem',
      message: /HTTPS_PROXY is set in .* to 127\.0\.0\.1:1, which cannot be reached \(ECONNREFUSED\)/,
    },
    {
      title: 'a proxy is no address',
      breakIt: (rig) => inService(rig, { HTTPS_PROXY: 'http://' }),
      check: 'claude.network',
      verdict: 'problem',
      message: /is not an address/,
    },
    {
      title: 'the certificates of a company are missing',
      breakIt: (rig) => inService(rig, { NODE_EXTRA_CA_CERTS: '/nowhere/ca.pem' }),
      check: 'claude.network',
      verdict: 'problem',
      message: /NODE_EXTRA_CA_CERTS is set .* which does not exist/,
    },
  ]);

  test('the doctor shows no value of a key or proxy', async ({ rig }) => {
    inService(rig, {
      ANTHROPIC_API_KEY: 'sk-ant-api03-simulated',
      HTTPS_PROXY: 'http://me:secret@127.0.0.1:1',
    });
    const shown = JSON.stringify(await rig.doctor(['claude', 'config']));
    expect(shown).not.toMatch(/sk-ant|secret/);
  });
});

describe('Claude Desktop and Claude Code', () => {
  expectEach([
    {
      title: 'Desktop does not know our server',
      breakIt: (rig) => writeFile(rig.desktopConfig, '{"mcpServers":{}}'),
      check: 'mcp.desktop',
      verdict: 'warning',
      message: /is not registered in Claude Desktop/,
    },
    {
      title: "a folder is in place of Desktop's configuration",
      async breakIt(rig) {
        await rm(rig.desktopConfig, { force: true });
        await mkdir(rig.desktopConfig);
      },
      check: 'mcp.desktop',
      verdict: 'problem',
      message: /is not a file/,
    },
    {
      title: "Desktop's configuration is not JSON",
      breakIt: (rig) => writeFile(rig.desktopConfig, '{"mcpServers":{},}'),
      check: 'mcp.desktop',
      verdict: 'problem',
      message: /is not valid JSON/,
    },
    {
      title: 'the registered Node is gone',
      breakIt: (rig) => registerDesktop(rig, { command: '/opt/node-20/bin/node' }),
      check: 'mcp.desktop',
      verdict: 'problem',
      message: /starts our server with \/opt\/node-20\/bin\/node, which does not exist/,
    },
    {
      title: 'the registered program is gone',
      breakIt: (rig) => registerDesktop(rig, { args: ['/opt/bridge/dist/cli.js', 'mcp', 'desktop'] }),
      check: 'mcp.desktop',
      verdict: 'problem',
      message: /\/opt\/bridge\/dist\/cli\.js, which does not exist/,
    },
    {
      title: 'Node is registered without its path',
      breakIt: (rig) => registerDesktop(rig, { command: 'node' }),
      check: 'mcp.desktop',
      verdict: 'warning',
      message: /do not see your shell's PATH/,
    },
    {
      title: 'the registered Node is too old',
      async breakIt(rig) {
        await registerDesktop(rig, { command: await rig.script('node', `echo '{"node":"18.0.0"}'`) });
      },
      check: 'mcp.desktop',
      verdict: 'problem',
      message: /is 18\.0\.0/,
    },
    {
      title: 'the registered server works on another state folder',
      breakIt: (rig) => registerDesktop(rig, { env: { BRIDGE_HOME: '/elsewhere' } }),
      check: 'mcp.desktop',
      verdict: 'problem',
      message: /starts our server for the state folder \/elsewhere/,
    },
    {
      title: 'the registered state folder means another one in each process',
      breakIt: (rig) => registerDesktop(rig, { env: { BRIDGE_HOME: `${'$'}{HOME}/.b` } }),
      check: 'mcp.desktop',
      verdict: 'problem',
      message: /refuses every call: BRIDGE_HOME must be an absolute path, and is '\$\{HOME\}\/\.b'/,
    },
    {
      title: 'the registered Node goes when a version is removed',
      async breakIt(rig) {
        const folder = join(rig.root, '.nvm/versions/node/v24.1.0/bin');
        await mkdir(folder, { recursive: true });
        await symlink(process.execPath, join(folder, 'node'));
        await registerDesktop(rig, { command: join(folder, 'node') });
      },
      check: 'mcp.desktop',
      verdict: 'warning',
      message: /starts a file that will not stay: .*\.nvm.*node goes when that version of Node is removed/,
    },
    {
      title: 'the registered Node goes when a version is removed, and a link stays',
      async breakIt(rig) {
        const folder = join(rig.root, 'mise/installs/node/24.1.0/bin');
        await mkdir(folder, { recursive: true });
        await symlink(process.execPath, join(folder, 'node'));
        await symlink('24.1.0', join(rig.root, 'mise/installs/node/24'));
        await registerDesktop(rig, { command: join(folder, 'node') });
      },
      check: 'mcp.desktop',
      verdict: 'warning',
      message: /will not stay/,
      hint: /setup writes a path that stays/,
    },
    {
      title: "Desktop's configuration begins with a byte order mark",
      async breakIt(rig) {
        await writeFile(rig.desktopConfig, `\uFEFF${await readFile(rig.desktopConfig, 'utf8')}`);
      },
      check: 'mcp.desktop',
      verdict: 'warning',
      message: /begins with a byte order mark/,
    },
    {
      title: 'the registered program inside WSL is gone',
      breakIt: (rig) =>
        registerDesktop(rig, {
          command: 'wsl.exe',
          args: [
            '-d',
            'Ubuntu',
            '--',
            'env',
            `BRIDGE_HOME=${rig.home}`,
            '/gone/node',
            'cli.js',
            'mcp',
            'desktop',
          ],
        }),
      check: 'mcp.desktop',
      verdict: 'problem',
      message: /\/gone\/node, which does not exist/,
    },
    {
      title: 'the registered server dies',
      async breakIt(rig) {
        await registerDesktop(rig, {
          command: await rig.script('server', 'echo "no such module" >&2; exit 1'),
        });
      },
      check: 'mcp.desktop',
      verdict: 'problem',
      message: /failed to start: no such module/,
    },
    {
      title: 'the other server is registered',
      breakIt: (rig) => registerDesktop(rig, { args: [...entry.slice(1), 'mcp', 'code'] }),
      check: 'mcp.desktop',
      verdict: 'problem',
      message: /claude_bridge_desktop starts another server: claude_bridge_code/,
    },
    {
      title: 'runs have a shared folder that nobody named',
      breakIt: (rig) => rig.configure({ toolsets_in_runs: ['folder'] }),
      check: 'folder.folder',
      verdict: 'problem',
      message: /no folder is named/,
    },
    {
      title: 'the shared folder is missing',
      breakIt: (rig) => rig.configure({ folder: { path: join(rig.root, 'gone') } }),
      check: 'folder.folder',
      verdict: 'problem',
      message: /shared folder .* does not exist/,
    },
    {
      title: 'the shared folder holds the state folder',
      breakIt: (rig) => rig.configure({ folder: { path: rig.root } }),
      check: 'folder.folder',
      verdict: 'problem',
      message: /overlaps with the state folder/,
    },
    {
      title: 'the shared folder is a workspace',
      breakIt: (rig) => rig.configure({ folder: { path: rig.workspace } }),
      check: 'folder.folder',
      verdict: 'warning',
      message: /shared folder .* overlaps with workspace/,
    },
    {
      title: 'a toolset is registered with the server of another',
      async breakIt(rig) {
        await registerDesktop(rig, {});
        const text = await readFile(rig.desktopConfig, 'utf8');
        const config = JSON.parse(text);
        config.mcpServers.claude_bridge_channels = config.mcpServers.claude_bridge_desktop;
        await writeFile(rig.desktopConfig, JSON.stringify(config));
      },
      check: 'mcp.desktop',
      verdict: 'problem',
      message: /claude_bridge_channels starts another server: claude_bridge_desktop/,
    },
    {
      title: 'an older version is registered',
      breakIt: (rig) =>
        registerDesktop(rig, {
          args: [...entry.slice(1), 'mcp', 'desktop'].map((word) => word.replace('0.0.0-test', '0.0.0-old')),
        }),
      check: 'mcp.desktop',
      verdict: 'warning',
      message: /starts version 0\.0\.0-old; this is 0\.0\.0-test/,
    },
    {
      title: "Claude Code's server is registered with a program that is gone",
      breakIt: (rig) =>
        writeFile(
          join(rig.root, '.claude.json'),
          JSON.stringify({ mcpServers: { claude_bridge_code: { command: '/gone/node', args: [] } } }),
        ),
      check: 'mcp.code',
      verdict: 'problem',
      message: /\/gone\/node, which does not exist/,
    },
  ]);

  test('a server that is started through WSL is checked inside it', async ({ rig }) => {
    const [command = '', ...args] = entry;
    const inside = ['env', `BRIDGE_HOME=${rig.home}`, command, ...args, 'mcp', 'desktop'];
    await registerDesktop(rig, { command: 'wsl.exe', args: ['-d', 'Ubuntu', '--exec', ...inside], env: {} });
    const [finding] = await rig.doctor(['mcp']);
    expect(finding).toMatchObject({ check: 'mcp.desktop', verdict: 'ok' });
  });

  test('the doctor in WSL says that Claude Desktop is on Windows', async ({ rig }) => {
    await rm(rig.desktopConfig);
    rig.machine = { ...rig.machine, env: { ...rig.machine.env, WSL_DISTRO_NAME: 'Ubuntu' } };
    const [finding] = await rig.doctor(['mcp']);
    expect(finding?.message).toContain('This is WSL: Claude Desktop runs on Windows');
    expect(shown(rig, finding ? [finding] : [])).toMatchSnapshot();
  });

  test('a server that starts others and says nothing is ended with them', async ({ rig }) => {
    const command = await rig.script('server', 'sleep 1000 & sleep 1000');
    await registerDesktop(rig, { command, env: { BRIDGE_HOME: rig.home, DOCTOR_TEST: rig.root } });
    rig.machine = { ...rig.machine, clock: hurriedClock };
    const [finding] = await rig.doctor(['mcp']);
    expect(finding).toMatchObject({ check: 'mcp.desktop', verdict: 'problem' });
  });
});

describe('the service', () => {
  const unit = `ExecStart=${[...entry, 'run'].map((word) => `"${word}"`).join(' ')}\n`;
  expectEach([
    {
      title: 'no service is installed',
      breakIt(rig) {
        rig.machine = { ...rig.machine, service: null };
      },
      check: 'service.installed',
      verdict: 'warning',
      message: /No service is installed/,
    },
    {
      title: 'the service is of another version',
      breakIt: (rig) => rig.install(unit, '0.0.1'),
      check: 'service.installed',
      verdict: 'warning',
      message: /is version 0\.0\.1; this is/,
    },
    {
      title: 'the service was installed with other folders than the configuration has',
      breakIt(rig) {
        rig.machine = {
          ...rig.machine,
          serviceFiles: ({ installed }) =>
            installed.files.map((file) => ({ ...file, text: `${file.text}ReadWritePaths="-/srv/new"\n` })),
        };
      },
      check: 'service.files',
      verdict: 'warning',
      message: /is out of date: install would write ReadWritePaths="-\/srv\/new"/,
    },
    {
      title: "the service's Node is gone",
      breakIt: (rig) => rig.install('ExecStart="/opt/node-22.1/bin/node" "/opt/cli.js" "run"\n'),
      check: 'service.program',
      verdict: 'problem',
      message: /starts \/opt\/node-22\.1\/bin\/node, which no longer exists/,
    },
    {
      title: "the service's program is gone",
      breakIt: (rig) => rig.install(`ExecStart="${process.execPath}" "/opt/100%%/cli.js" "run"\n`),
      check: 'service.program',
      verdict: 'problem',
      message: /starts \/opt\/100%\/cli\.js, which no longer exists/,
    },
    {
      title: "the service's Node goes when a version is removed",
      async breakIt(rig) {
        const folder = join(rig.root, '.nvm/versions/node/v24.1.0/bin');
        await mkdir(folder, { recursive: true });
        await symlink(process.execPath, join(folder, 'node'));
        rig.install(unit.replace(`"${process.execPath}"`, `"${join(folder, 'node')}"`));
      },
      check: 'service.program',
      verdict: 'warning',
      message:
        /The service starts a file that will not stay: .*node goes when that version of Node is removed/,
    },
    {
      title: "the service's program is gone, on macOS",
      breakIt: (rig) =>
        rig.install(
          `<key>ProgramArguments</key><array><string>${process.execPath}</string><string>/a &amp; b/cli.js</string></array>`,
        ),
      check: 'service.program',
      verdict: 'problem',
      message: /starts \/a & b\/cli\.js/,
    },
    {
      title: "the service's environment file is gone",
      breakIt: (rig) => rig.install(unit.replace('"run"', '"run" "--environment" "/gone/service.env"')),
      check: 'service.environment',
      verdict: 'problem',
      message: /environment file \/gone\/service\.env is missing/,
    },
    {
      title: "the service's environment file cannot be read",
      async breakIt(rig) {
        await mkdir(join(rig.home, 'service.env'));
        rig.install(unit.replace('"run"', `"run" "--environment" "${rig.home}/service.env"`));
      },
      check: 'service.environment',
      verdict: 'problem',
      message: /Cannot read .*service\.env: EISDIR/,
    },
    ...(
      [
        ['stopped', 'warning', /^The .*: it ended \(exit code 1\)/],
        ['waiting', 'warning', /^The .*: it ended \(exit code 1\); .*restarts it in a few seconds\.$/],
        ['failed', 'problem', /^The .*: it ended \(exit code 1\) and is not restarted\.$/],
        ['gave-up', 'problem', /^The .*: it ended \(exit code 1\) and is not restarted\.$/],
      ] as const
    ).map(([state, verdict, message]) => ({
      title: `the service is ${state}`,
      breakIt(rig: Rig) {
        rig.status = { state, pid: null, startsAt: 'boot', cause: { kind: 'exited', end: 'exit code 1' } };
      },
      check: 'service.state',
      verdict,
      message,
    })),
    {
      title: 'a person must do something for the service',
      breakIt(rig) {
        rig.remarks.push('It ends when you log out. Run: loginctl enable-linger');
      },
      check: 'service.remarks',
      verdict: 'warning',
      message: /enable-linger/,
    },
  ]);
});

describe('the supervisor', () => {
  expectEach([
    {
      title: 'no supervisor runs',
      breakIt: (rig) => sql(rig, 'DELETE FROM supervisor'),
      check: 'supervisor.lease',
      verdict: 'warning',
      message: /No supervisor is running/,
    },
    {
      title: 'the supervisor has died',
      breakIt: (rig) => rig.withBridge((bridge) => holdLease(bridge, { pid: 4_000_000 })),
      check: 'supervisor.lease',
      verdict: 'problem',
      message: /pid 4000000\) died without being stopped/,
    },
    {
      title: 'the supervisor is alive and does not renew its lease',
      breakIt: (rig) => sql(rig, "UPDATE supervisor SET expires_at = '2020-01-01T00:00:00.000Z'"),
      check: 'supervisor.lease',
      verdict: 'problem',
      message: /is alive but has not renewed its lease since/,
    },
    {
      title: 'the supervisor is degraded',
      breakIt: (rig) => sql(rig, "UPDATE supervisor SET degraded_reason = 'loop.log cannot be written'"),
      check: 'supervisor.lease',
      verdict: 'problem',
      message: /is degraded: loop\.log cannot be written/,
    },
    {
      title: 'the supervisor is of another version',
      breakIt: (rig) => rig.withBridge((bridge) => holdLease(bridge, { version: '0.0.1' })),
      check: 'supervisor.lease',
      verdict: 'warning',
      message: /is version 0\.0\.1/,
    },
    {
      title: 'the supervisor runs outside the service',
      breakIt(rig) {
        rig.status = { ...rig.status, pid: null, state: 'waiting' };
      },
      check: 'supervisor.lease',
      verdict: 'warning',
      message: /runs outside the service and blocks it/,
    },
    {
      title: 'a person has paused the supervisor',
      breakIt: (rig) =>
        rig.withBridge((bridge) =>
          databaseOf(bridge).write(({ trx }) =>
            setHold(
              trx,
              'fleet',
              { kind: 'paused', scope: '', reason: 'Holidays.', since: '', until: null, source: 'person' },
              'person',
            ),
          ),
        ),
      check: 'supervisor.holds',
      verdict: 'warning',
      message: /New runs are held \(paused\): Holidays\./,
    },
  ]);
});

describe('workspaces', () => {
  expectEach([
    {
      title: 'a workspace does not exist',
      breakIt: (rig) => rm(rig.workspace, { recursive: true }),
      check: 'workspaces.folder',
      verdict: 'problem',
      message: /^Workspace website \(.*\) does not exist/,
    },
    {
      title: 'a workspace is a file',
      async breakIt(rig) {
        await rm(rig.workspace, { recursive: true });
        await writeFile(rig.workspace, '');
      },
      check: 'workspaces.folder',
      verdict: 'problem',
      message: /is not a folder/,
    },
    {
      title: 'a workspace hangs',
      breakIt(rig) {
        rig.machine = {
          ...rig.machine,
          run: async () => ({ code: null, stdout: '', stderr: '', failure: 'late' as const }),
        };
      },
      check: 'workspaces.folder',
      verdict: 'problem',
      message: /does not respond/,
    },
    {
      title: 'a workspace is inside the state folder, through a link',
      async breakIt(rig) {
        await rm(rig.workspace, { recursive: true });
        await mkdir(join(rig.home, 'inside'));
        await symlink(join(rig.home, 'inside'), rig.workspace);
      },
      check: 'workspaces.folder',
      verdict: 'problem',
      message: /is inside the state folder/,
    },
    {
      title: 'macOS guards a workspace',
      async breakIt(rig) {
        rig.machine = { ...rig.machine, platform: 'macos' };
        await rig.configure({ workspaces: { website: join(rig.root, 'Documents/website') } });
      },
      check: 'workspaces.folder',
      verdict: 'warning',
      message: /macOS guards the Documents folder/,
    },
    {
      title: 'a root holds the state folder',
      breakIt: (rig) => rig.configure({ workspace_roots: [rig.root] }),
      check: 'workspaces.folder',
      verdict: 'warning',
      message: /contains the state folder/,
    },
    {
      title: 'the settings of a workspace count, and it has some',
      async breakIt(rig) {
        await mkdir(join(rig.workspace, '.claude'));
        await writeFile(join(rig.workspace, '.claude', 'settings.local.json'), '{}');
        await rig.configure({ workspaces: { website: { path: rig.workspace, claude_settings: 'all' } } });
      },
      check: 'workspaces.git',
      verdict: 'warning',
      message: /^Workspace website .* has .*settings\.local\.json, which apply to its runs/,
    },
    {
      title: "the configuration of a workspace's repository names programs",
      breakIt(rig) {
        git(rig.workspace, 'config', 'core.fsmonitor', '.git/watch.sh');
        git(rig.workspace, 'config', 'filter.x.clean', './clean.sh');
        git(rig.workspace, 'config', 'filter.lfs.clean', 'git-lfs clean -- %f');
      },
      check: 'workspaces.git',
      verdict: 'warning',
      message: /names programs to run: core\.fsmonitor, filter\.x\.clean\./,
    },
    {
      title: 'a reviewer whose findings can never go back',
      breakIt: (rig) =>
        rig.configure({
          workspaces: { website: { path: rig.workspace, repairs: 0, review: { max_usd: 1, repair: true } } },
        }),
      check: 'workspaces.commands',
      verdict: 'warning',
      message: /'review.repair' has no effect, since 'repairs' is 0/,
      hint: /Raise 'repairs'/,
    },
    {
      title: 'the program of a check is missing',
      breakIt: (rig) =>
        rig.configure({
          workspaces: {
            website: {
              path: rig.workspace,
              prepare: 'cd . && true',
              checks: [
                { name: 'types', run: 'node --version' },
                { name: 'test', run: './no-such-script --all' },
              ],
            },
          },
        }),
      check: 'workspaces.commands',
      verdict: 'warning',
      message: /^Workspace website \(.*\): the check 'test' starts \.\/no-such-script, which is not found /,
    },
    {
      title: 'a workspace lies in another',
      async breakIt(rig) {
        const part = join(rig.workspace, 'part');
        await mkdir(part);
        git(part, 'init', '-q');
        await rig.configure({ workspaces: { website: rig.workspace, part } });
      },
      check: 'workspaces.git',
      verdict: 'warning',
      message: /^Workspace website \(.*\) and workspace part \(.*\) share files: plans for one wait/,
    },
    {
      title: 'a workspace is no git repository',
      breakIt: (rig) => rm(join(rig.workspace, '.git'), { recursive: true }),
      check: 'workspaces.git',
      verdict: 'warning',
      message: /is not a git repository/,
    },
    {
      title: 'a workspace has changes that are not committed',
      async breakIt(rig) {
        await writeFile(join(rig.workspace, 'one'), '');
        await writeFile(join(rig.workspace, 'two'), '');
        git(rig.workspace, 'add', 'one');
      },
      check: 'workspaces.git',
      verdict: 'warning',
      message: /has 2 uncommitted changes/,
    },
  ]);
});

/** Serves the API with these of the certificates of the tests, as files of the rig; one that there is not stays missing. */
async function withCertificate(rig: Rig, cert: string, key: string, http: object = {}) {
  for (const name of [cert, key])
    await copyFile(new URL(`../http/fixtures/${name}`, import.meta.url), join(rig.root, name)).catch(
      () => undefined,
    );
  const tls = { cert: join(rig.root, cert), key: join(rig.root, key) };
  await rig.configure({ http: { enabled: true, tls, ...http } });
}

describe('HTTP API', () => {
  expectEach([
    {
      title: 'the HTTP API can be reached from the network without encryption',
      breakIt: (rig) => rig.configure({ http: { enabled: true, listen: '0.0.0.0', insecure_lan: true } }),
      check: 'http.reach',
      verdict: 'warning',
      message: /listens on 0\.0\.0\.0, port 7823, without encryption/,
      hint: /Set http\.tls, or .* with a proxy with TLS before it/,
    },
    {
      title: 'the public address of the HTTP API is without encryption',
      breakIt: (rig) => rig.configure({ http: { enabled: true, public_url: 'http://box.example' } }),
      check: 'http.names',
      verdict: 'warning',
      message: /http:\/\/box\.example is no https address/,
      hint: /Set http\.public_url to an https address/,
    },
    {
      title: 'the certificate of the HTTP API cannot be read',
      breakIt: (rig) => withCertificate(rig, 'none.crt', 'box.key'),
      check: 'http.tls',
      verdict: 'problem',
      message: /cannot be served over TLS: .*none\.crt cannot be read \(ENOENT\)/,
    },
    {
      title: 'the certificate of the HTTP API is that of another key',
      breakIt: (rig) => withCertificate(rig, 'box.crt', 'other.key'),
      check: 'http.tls',
      verdict: 'problem',
      message: /other\.key is not that of the certificate .*box\.crt/,
    },
    {
      title: 'the certificate of the HTTP API has expired',
      breakIt: (rig) => withCertificate(rig, 'expired.crt', 'box.key'),
      check: 'http.tls',
      verdict: 'problem',
      message: /expired on 2020-02-01/,
      hint: /Replace .*expired\.crt/,
    },
    {
      title: 'the certificate of the HTTP API is for another host than its public address',
      breakIt: (rig) => withCertificate(rig, 'other.crt', 'other.key', { public_url: 'https://box.example' }),
      check: 'http.tls',
      verdict: 'warning',
      message: /is not for box\.example, the host of http\.public_url/,
    },
    {
      title: 'a token of the HTTP API has expired',
      async breakIt(rig) {
        await rig.configure({ http: { enabled: true } });
        await rig.withBridge(async (bridge) => {
          await addCredential(bridge, 'old', 'read', 1, 'person');
        });
        tamper(rig.home, "UPDATE credentials SET expires_at = '2026-03-01T12:00:00.000Z'");
      },
      check: 'http.tokens',
      verdict: 'skipped',
      message: /The token 'old' expired at /,
    },
  ]);
});

describe('unattended', () => {
  expectEach([
    {
      title: 'nothing keeps the machine awake',
      async breakIt(rig) {
        await rig.configure({ keep_awake: true });
        inService(rig, { PATH: rig.root });
      },
      check: 'unattended.awake',
      verdict: 'warning',
      message: /The machine may sleep during runs/,
    },
    {
      title: 'the machine may not be kept awake',
      async breakIt(rig) {
        await rig.configure({ keep_awake: true });
        await rig.script('systemd-inhibit', 'echo "Failed to inhibit: Access denied" >&2; exit 1');
        inService(rig, { PATH: rig.root });
      },
      check: 'unattended.awake',
      verdict: 'warning',
      message: /The machine may sleep during runs: systemd-inhibit: Failed to inhibit: Access denied/,
    },
    {
      title: 'the heartbeat cannot be written',
      breakIt: (rig) => rig.configure({ heartbeat_file: join(rig.root, 'nowhere/heartbeat') }),
      check: 'unattended.heartbeat',
      verdict: 'problem',
      message: /heartbeat .* cannot be written \(ENOENT\)/,
    },
    {
      title: 'the heartbeat is old',
      async breakIt(rig) {
        const file = join(rig.root, 'heartbeat');
        await writeFile(file, '');
        await utimes(file, 1e9, 1e9);
        await rig.configure({ heartbeat_file: file });
      },
      check: 'unattended.heartbeat',
      verdict: 'warning',
      message: /was last written at 2001/,
    },
  ]);
});

describe('logs', () => {
  /** Takes no room. */
  async function large(path: string, bytes: number): Promise<void> {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, '', { mode: 0o600 });
    await truncate(path, bytes);
  }
  expectEach([
    {
      title: 'loop.log is not rotated',
      breakIt: (rig) => large(join(rig.home, 'loop.log'), 200e6),
      check: 'logs.log',
      verdict: 'warning',
      message: /use 200 MB; expected at most 60 MB/,
    },
    {
      title: 'the output of runs grows',
      breakIt: (rig) => large(join(rig.home, 'runs/0123456789ab.jsonl'), 4e9),
      check: 'logs.runs',
      verdict: 'warning',
      message: /uses 4\.0 GB; expected at most 2\.0 GB/,
    },
    ...['start.log', 'service.err'].map((name) => ({
      title: `${name} grows`,
      breakIt: (rig: Rig) => large(join(rig.home, name), 50e6),
      check: 'logs.output',
      verdict: 'warning' as const,
      message: /has grown to 50 MB/,
    })),
    {
      title: 'a supervisor in the background has died',
      breakIt: (rig) => writeFile(join(rig.home, 'start.log'), 'at start\nError: out of memory\n'),
      check: 'logs.output',
      verdict: 'warning',
      message: /printed before it ended: Error: out of memory/,
    },
    {
      title: "Claude's own files grow, wherever they are",
      async breakIt(rig) {
        inService(rig, { CLAUDE_CONFIG_DIR: join(rig.root, 'claude-files') });
        await large(join(rig.root, 'claude-files/projects/website/session.jsonl'), 6e9);
      },
      check: 'logs.claude',
      verdict: 'warning',
      message: /Claude's files use 6\.0 GB in .*claude-files \(projects 6\.0 GB\)/,
    },
  ]);
});

async function sql(rig: Rig, statement: string): Promise<void> {
  tamper(rig.home, statement);
}

/** A receiver, and what a supervisor has noted of it. */
async function receiver(rig: Rig, state: { off?: string; problem?: string }): Promise<void> {
  await rig.configure({ notify: [{ via: 'webhook', name: 'phone', url: 'https://a.example/5f3a' }] });
  await rig.withBridge((bridge) =>
    databaseOf(bridge).write(async ({ trx }) => {
      await trx
        .insertInto('receivers')
        .values({
          ...{ name: 'phone', via: 'webhook', digest: '', event_id: 0 },
          ...{ off_reason: state.off ?? null, problem: state.problem ?? null },
          problem_since: '2026-03-01T12:00:00.000Z',
        })
        .execute();
    }),
  );
}

describe('broken scripts', () => {
  expectEach([
    {
      title: 'a script that the owner lists is not there',
      breakIt: (rig) => rig.configure({ scripts: { folder: rig.root, allow: ['gone.sh'] } }),
      check: 'scripts.listed',
      verdict: 'problem',
      message: /gone\.sh cannot be run: script does not exist/,
      hint: /take it out of 'scripts'/,
    },
    {
      title: 'scripts are listed without their folder',
      breakIt: (rig) => rig.configure({ scripts: { allow_in_runs: ['a.sh'] } }),
      check: 'scripts.listed',
      verdict: 'problem',
      message: /'folder' of 'scripts' does not say where/,
      hint: /Set 'folder'/,
    },
  ]);
});

describe('broken notifications', () => {
  expectEach([
    {
      title: 'the secret of a receiver is missing',
      breakIt: (rig) => rig.configure({ notify: [{ via: 'slack', url: { env: 'NOT_SET' } }] }),
      check: 'notify.ways',
      verdict: 'problem',
      message: /slack cannot be notified: the variable NOT_SET is not set/,
      hint: /Set NOT_SET there/,
    },
    {
      title: 'the command of a receiver is missing',
      breakIt: (rig) => rig.configure({ notify: [{ via: 'command', command: ['not-there'] }] }),
      check: 'notify.ways',
      verdict: 'problem',
      message: /command: there is no command not-there/,
      hint: /Correct 'command'/,
    },
    {
      title: 'a receiver cannot be reached',
      breakIt: (rig) => receiver(rig, { problem: 'the answer was 500' }),
      check: 'notify.delivery',
      verdict: 'problem',
      message: /^phone has not been reached since .*: the answer was 500\.$/,
      hint: /notify test phone/,
    },
    {
      title: 'a receiver is off',
      breakIt: (rig) => receiver(rig, { off: 'the answer was 410: it wants nothing more' }),
      check: 'notify.delivery',
      verdict: 'problem',
      message: /^phone is off, and nothing is sent to it: the answer was 410: it wants nothing more\.$/,
      hint: /notify test phone/,
    },
  ]);
});
