import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { shortLivedPath } from '../../src/machine/short-lived-path.ts';
import { stablePath } from '../../src/machine/stable-path.ts';
import { onWindows } from '../platform.ts';
import { test } from './rig.ts';

const HOME = '/home/ann';

const OF_A_VERSION = 'goes when that version of Node is removed';
const UPGRADED = 'goes when this program is upgraded';
const TEMPORARY = 'is in a folder for temporary files, which the system empties';

describe('paths that go away', () => {
  test.for([
    ['nvm', '/home/ann/.nvm/versions/node/v24.1.0/bin/node', OF_A_VERSION],
    ['fnm', '/home/ann/.local/share/fnm/node-versions/v24.1.0/installation/bin/node', OF_A_VERSION],
    ['a shell of fnm', '/run/user/1000/fnm_multishells/9_17/bin/node', 'goes with the shell that made it'],
    ['volta', '/home/ann/.volta/tools/image/node/24.1.0/bin/node', OF_A_VERSION],
    ['mise', '/home/ann/.local/share/mise/installs/node/24.1.0/bin/node', OF_A_VERSION],
    ['asdf', '/home/ann/.asdf/installs/nodejs/24.1.0/bin/node', OF_A_VERSION],
    ['n', '/usr/local/n/versions/node/24.1.0/bin/node', OF_A_VERSION],
    ['nodenv', '/home/ann/.nodenv/versions/24.1.0-rc.1/bin/node', OF_A_VERSION],
    ['an archive', '/opt/node-v24.1.0-linux-x64/bin/node', OF_A_VERSION],
    ['nvm on Windows', 'C:\\Users\\ann\\AppData\\Roaming\\nvm\\v24.1.0\\node.exe', OF_A_VERSION],
    ['Homebrew', '/opt/homebrew/Cellar/node/24.1.0/bin/node', 'goes when Homebrew upgrades it'],
    ['snap', '/snap/node/9723/bin/node', 'goes when snap refreshes it'],
    ['Nix', '/nix/store/abc-nodejs-24.21.0/bin/node', 'goes when the store is next cleaned up'],
    [
      'mise, as a package of npm',
      '/home/ann/.local/share/mise/installs/npm-bridge-supervisor/0.1.0/lib/node_modules/bridge-supervisor/dist/cli.js',
      UPGRADED,
    ],
    [
      'pnpm 10',
      '/home/ann/.local/share/pnpm/global/5/node_modules/.pnpm/bridge-supervisor@0.1.0/node_modules/bridge-supervisor/dist/cli.js',
      UPGRADED,
    ],
    [
      'pnpm 11 and later',
      '/home/ann/.local/share/pnpm/store/v11/links/@/bridge-supervisor/0.1.0/9a25/node_modules/bridge-supervisor/dist/cli.js',
      UPGRADED,
    ],
    [
      "Claude's own installer",
      '/home/ann/.local/share/claude/versions/2.1.329',
      'goes when Claude Code updates itself',
    ],
    [
      'an editor from afar',
      '/home/ann/.vscode-server/bin/0f0d87fa9e96c856c5212fc86db137ac0d783365/node',
      'goes when that editor is upgraded',
    ],
    [
      'another editor from afar',
      '/home/ann/.cursor-server/cli/servers/Stable-1a2b/server/node',
      'goes when that editor is upgraded',
    ],
    ['a cache', '/home/ann/.cache/tool/node/bin/node', 'is in a cache, which may be emptied'],
    ['the system, for a while', '/tmp/bridge/dist/cli.js', TEMPORARY],
    ['macOS, for a while', '/private/var/folders/zz/x/T/bridge/dist/cli.js', TEMPORARY],
    ['Windows, for a while', 'C:\\Users\\ann\\AppData\\Local\\Temp\\bridge\\dist\\cli.js', TEMPORARY],
  ] as const)('%s owns a path that goes away: %s', ([, path, fate]) => {
    const passing = shortLivedPath(path, HOME);
    expect(passing).toMatchObject({ path, fate, isUseless: false });
    expect(passing?.advice('bridge-supervisor setup')).toMatch(/bridge-supervisor setup$/);
  });

  test.for([
    ['npx', '/home/ann/.npm/_npx/1a2b/node_modules/bridge-supervisor/dist/cli.js'],
    ['pnpm dlx', '/home/ann/.cache/pnpm/dlx/1a/2b/node_modules/bridge-supervisor/dist/cli.js'],
    ['yarn dlx', '/tmp/xfs-1/dlx-77/node_modules/bridge-supervisor/dist/cli.js'],
    ['a cache of bun', '/home/ann/.bun/install/cache/bridge-supervisor@0.1.0@@@1/dist/cli.js'],
    ['bunx', '/tmp/bunx-1000-bridge-supervisor@latest/node_modules/bridge-supervisor/dist/cli.js'],
    ['an AppImage', '/tmp/.mount_Editor1a2b3c/usr/bin/node'],
    ["Yarn's Plug'n'Play", '/srv/p/.yarn/cache/x-npm-0.1.0-1a2b.zip/node_modules/x/dist/cli.js'],
    ["Yarn's unplugged packages", '/srv/p/.yarn/unplugged/x-npm-0.1.0-1a2b/node_modules/x/dist/cli.js'],
  ] as const)('%s owns a path for this call alone', ([, path]) => {
    const passing = shortLivedPath(path, HOME);
    expect(passing).toMatchObject({ isUseless: true });
    const install = path.endsWith('node')
      ? 'Node from https://nodejs.org'
      : 'npm install -g bridge-supervisor';
    expect(passing?.advice('run this again')).toContain(
      `Install it, and use that one: ${install}, then run this again`,
    );
  });
});

describe('paths that stay', () => {
  test.for([
    ['of the system', '/usr/bin/node'],
    ['of npm', '/usr/local/lib/node_modules/bridge-supervisor/dist/cli.js'],
    ['of a clone', '/home/ann/src/bridge-supervisor/dist/cli.js'],
    ['of yarn global', '/home/ann/.config/yarn/global/node_modules/bridge-supervisor/dist/cli.js'],
    ['of bun', '/home/ann/.bun/install/global/node_modules/bridge-supervisor/dist/cli.js'],
    ['of a package of volta', '/home/ann/.volta/tools/image/packages/bridge-supervisor/lib/x/dist/cli.js'],
    ['on another machine', '/mnt/192.168.1.10/bridge-supervisor/dist/cli.js'],
    ['a profile of Nix', '/run/current-system/sw/bin/node'],
    ['on Windows', 'C:\\Program Files\\nodejs\\node.exe'],
  ] as const)('a path %s stays: %s', ([, path]) => {
    expect(shortLivedPath(path, HOME)).toBeUndefined();
  });

  test('a path in a temporary folder stays where the home folder is temporary too, as in a container', () => {
    expect(shortLivedPath('/tmp/bridge/dist/cli.js', '/tmp/home')).toBeUndefined();
  });
});

/** [what keeps it, the file, the link, where the link leads] below a folder. */
const LINKS = [
  ['mise', 'mise/installs/node/24.1.0/bin/node', 'mise/installs/node/24', '24.1.0', '/bin/node'],
  [
    'a package of mise',
    'mise/installs/npm-bridge-supervisor/0.1.0/lib/cli.js',
    'mise/installs/npm-bridge-supervisor/latest',
    '0.1.0',
    '/lib/cli.js',
  ],
  [
    'fnm',
    'fnm/node-versions/v24.1.0/installation/bin/node',
    'fnm/aliases/default',
    '../node-versions/v24.1.0/installation',
    '/bin/node',
  ],
  ['proto', '.proto/tools/node/24.1.0/bin/node', '.proto/bin/node', '../tools/node/24.1.0/bin/node', ''],
  ['scoop', 'scoop/apps/nodejs/24.1.0/node.exe', 'scoop/apps/nodejs/current', '24.1.0', '/node.exe'],
  [
    'Homebrew',
    'brew/Cellar/node@24/24.1.0_1/bin/node',
    'brew/opt/node@24',
    '../Cellar/node@24/24.1.0_1',
    '/bin/node',
  ],
  [
    'pnpm 10',
    'pnpm/global/5/node_modules/.pnpm/bridge-supervisor@0.1.0/node_modules/bridge-supervisor/dist/cli.js',
    'pnpm/global/5/node_modules/bridge-supervisor',
    '.pnpm/bridge-supervisor@0.1.0/node_modules/bridge-supervisor',
    '/dist/cli.js',
  ],
  [
    'pnpm 12',
    'pnpm/store/v11/links/@/bridge-supervisor/0.1.0/9a25/node_modules/bridge-supervisor/dist/cli.js',
    `pnpm/global/v11/${'b2'.repeat(32)}/node_modules/bridge-supervisor`,
    '../../../../store/v11/links/@/bridge-supervisor/0.1.0/9a25/node_modules/bridge-supervisor',
    '/dist/cli.js',
  ],
] as const;

describe.skipIf(onWindows)('links that stay (needs links)', () => {
  test.for(LINKS)('a link that stays is written down: %s', async ([, file, link, target, rest], { rig }) => {
    const path = join(rig.folder, file);
    const stays = join(rig.folder, link);
    for (const folder of [path, stays]) await mkdir(dirname(folder), { recursive: true });
    await writeFile(path, '');
    const surroundings = { env: {}, homeDir: rig.folder };
    expect(stablePath(path, surroundings)).toBe(path);

    await symlink(target, stays);
    expect(stablePath(path, surroundings)).toBe(stays + rest);
  });

  test('a program beside one Node is not looked for beside another', async ({ rig }) => {
    const versions = join(rig.folder, 'node-versions', 'v24.1.0', 'installation');
    const script = join(versions, 'lib', 'cli.js');
    await mkdir(dirname(script), { recursive: true });
    await writeFile(script, '');
    await mkdir(join(rig.folder, 'aliases'));
    await symlink(versions, join(rig.folder, 'aliases', 'default'));
    expect(stablePath(script, { env: {}, homeDir: rig.folder })).toBe(script);
  });

  test('a link to another version is not written down', async ({ rig }) => {
    const versions = join(rig.folder, 'node');
    for (const version of ['24.1.0', '24.2.0']) {
      await mkdir(join(versions, version), { recursive: true });
      await writeFile(join(versions, version, 'node'), '');
    }
    await symlink('24.2.0', join(versions, '24'));
    const path = join(versions, '24.1.0', 'node');
    expect(stablePath(path, { env: {}, homeDir: rig.folder })).toBe(path);
  });

  test('the name of the call is written down where it is the same file and stays', async ({ rig }) => {
    const file = join(rig.folder, 'elsewhere', 'store', 'v11', 'links', 'x', 'node_modules', 'x', 'cli.js');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, '');
    const called = join(rig.folder, 'bridge-supervisor');
    await symlink(file, called);
    expect(stablePath(file, { env: {}, homeDir: rig.folder, called })).toBe(called);
    expect(stablePath(file, { env: {}, homeDir: rig.folder, called: process.execPath })).toBe(file);
  });
});
