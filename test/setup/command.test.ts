/** `bridge-supervisor setup` as a person runs it: the built program, the real claude, a home of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import {
  chown,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test as base, describe, expect } from 'vitest';
import { findMarked } from '../../src/machine/sweep.ts';
import { COMPILED, PROGRAM } from '../built.ts';
import { eventually } from '../eventually.ts';
import { isRoot, onLinux } from '../platform.ts';
import { stableText } from '../stable-text.ts';

const manifest = createRequire(import.meta.url).resolve('@anthropic-ai/claude-code/package.json');
const claude = join(dirname(manifest), 'bin', 'claude.exe');

interface Machine {
  readonly home: string;
  readonly desktop: string;
  readonly repository: string;
  readonly env: Record<string, string>;
  run(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }>;
  tree(): Promise<string[]>;
}

const test = base.extend<{ machine: Machine }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  machine: async ({}, use) => {
    const home = await realpath(await mkdtemp(join(tmpdir(), 'setup-command-')));
    const repository = join(home, 'my site');
    await mkdir(join(repository, '.git'), { recursive: true });
    const env = {
      HOME: home,
      PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
      BRIDGE_CLAUDE: claude,
      ANTHROPIC_API_KEY: 'dummy',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
      TERM: 'xterm',
      ...COMPILED,
      [MARK]: home,
    };
    await use({
      home,
      repository,
      env,
      desktop: join(home, '.config', 'Claude', 'claude_desktop_config.json'),
      async run(...args) {
        const child = spawn(process.execPath, [PROGRAM, 'setup', ...args], {
          cwd: repository,
          env,
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        const [stdout, stderr, [code]] = await Promise.all([
          text(child.stdout),
          text(child.stderr),
          once(child, 'close'),
        ]);
        const said = `setup ${args.join(' ')}\n${stdout}${stderr}exit code ${code}`;
        const names = { [claude]: '<claude>', [home]: '<home>' };
        if (!args.includes('--help')) expect(stableText(said, names)).toMatchSnapshot();
        return { code: code as number | null, stdout, stderr };
      },
      // The program's compile cache may grow with every call.
      tree: async () =>
        (await readdir(home, { recursive: true }))
          .filter((name) => !name.startsWith(join('.claude-bridge', 'cache')))
          .toSorted(),
    });
    const left = await findMarked(MARK, home);
    for (const { pid } of left) process.kill(pid, 'SIGKILL');
    await rm(home, { recursive: true });
    expect(left, 'processes left behind').toEqual([]);
  },
});

const MARK = 'SETUP_TEST';

describe.skipIf(!onLinux)('setup on Linux', () => {
  test('setup --yes connects both and names the workspace; again, it changes nothing', async ({
    machine,
  }) => {
    await writeFile(join(machine.repository, 'package.json'), '{"scripts":{"test":"x","lint":"y"}}');
    const flags = ['--yes', '--workspace', `site=${machine.repository}`, '--default-workspace', 'site'];
    const first = await machine.run(...flags);
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toContain('Claude Desktop now has claude_bridge_desktop:');
    expect(first.stdout).toContain('Claude Code now has claude_bridge_code.');
    expect(first.stderr).toContain("checked with 'npm run test', 'npm run lint', from its package.json.");
    expect(first.stdout).toContain(
      'Start Claude Desktop. If it was running just now: quit it, run setup again',
    );
    expect(first.stdout).toContain('Next: bridge-supervisor install');
    expect(first.stderr).toContain('Claude Desktop does not seem to be installed');

    const state = join(machine.home, '.claude-bridge');
    expect(await json(machine.desktop)).toEqual({
      mcpServers: {
        claude_bridge_desktop: {
          command: process.execPath,
          args: [PROGRAM, 'mcp', 'desktop'],
          env: { BRIDGE_HOME: state },
        },
      },
    });
    expect(await json(join(machine.home, '.claude.json'))).toHaveProperty('mcpServers.claude_bridge_code');
    expect(await json(join(state, 'config.json'))).toMatchObject({
      workspaces: { site: { path: machine.repository, checks: [{ name: 'test' }, { name: 'lint' }] } },
      workspace: 'site',
    });

    const before = await machine.tree();
    const second = await machine.run(...flags);
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toContain('Claude Code already has claude_bridge_code.');
    expect(second.stdout).not.toContain('Start Claude Desktop');
    expect(await machine.tree()).toEqual(before);

    const removed = await machine.run('--remove', '--yes');
    expect(removed.stdout).toContain(
      'If it was running just now: quit it, run setup --remove again, start it.',
    );
    expect(removed).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(machine.desktop)).toBe(false);
    expect(existsSync(join(state, 'config.json'))).toBe(false);
    expect(await json(join(machine.home, '.claude.json'))).toMatchObject({ mcpServers: {} });
  });

  test('the registered servers answer with the environment they are given alone', async ({ machine }) => {
    await machine.run('--yes', '--no-code');
    const { mcpServers } = (await json(machine.desktop)) as {
      mcpServers: { claude_bridge_desktop: { command: string; args: string[]; env: Record<string, string> } };
    };
    const { command, args, env } = mcpServers.claude_bridge_desktop;
    const child = spawn(command, args, { cwd: '/', env, stdio: ['pipe', 'pipe', 'inherit'] });
    const closed = once(child, 'close');
    child.stdin.end(
      `${JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } },
      })}\n`,
    );
    expect(JSON.parse(await text(child.stdout))).toMatchObject({ id: 1, result: { capabilities: {} } });
    await closed;
  });

  test('setup --dry-run shows the lines that change and the command, hides tokens, and changes nothing', async ({
    machine,
  }) => {
    await mkdir(dirname(machine.desktop), { recursive: true });
    await writeFile(
      machine.desktop,
      '{"mcpServers":{"github":{"command":"npx","args":["--token","s3cret"],"env":{"TOKEN":"ghp_secret"},"headers":{"a":["s3cret"]}},"b":{"url":"https://b.test/s3cret"}}}',
    );
    const before = await machine.tree();

    const shown = await machine.run('--dry-run', '--workspace', `site=${machine.repository}`);

    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toMatch(/^ {2}\+ .*"claude_bridge_desktop":.*"mcp","desktop"/m);
    expect(shown.stdout).toContain('  +     "site": ');
    expect(shown.stdout).toContain(`${claude} mcp add claude_bridge_code -s user`);
    expect(shown.stdout).toContain('Dry run: nothing was changed.');
    expect(shown.stdout).not.toMatch(/ghp_secret|s3cret/);
    expect(await machine.tree()).toEqual(before);

    const { stdout } = await machine.run('--dry-run', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      dry_run: true,
      files: [
        { owner: 'bridge', change: 'none' },
        { owner: 'desktop', path: machine.desktop, change: 'changed' },
      ],
      claude_code: { commands: [expect.stringContaining('mcp add')], failure: null },
    });
    expect(stdout).not.toMatch(/ghp_secret|s3cret/);
  });

  test('setup --dry-run shows only the names of what is not ours', async ({ machine }) => {
    const secrets = {
      mcpServers: {
        a: { command: 'env TOKEN=s3cret node', apiKey: 's3cret', oauth: { refresh_token: 's3cret' } },
        claude_bridge_desktop: { command: 's3cret', args: ['s3cret'], env: { TOKEN: 's3cret' } },
      },
      account: { token: 's3cret', list: ['s3cret'] },
    };
    await mkdir(dirname(machine.desktop), { recursive: true });
    await mkdir(join(machine.home, '.claude-bridge'));
    const config = {
      heartbeat_url: 'https://s3cret',
      mcp_servers: { x: { command: 's3cret' } },
      workspaces: {},
    };
    await writeFile(join(machine.home, '.claude-bridge', 'config.json'), JSON.stringify(config));
    for (const indent of [undefined, 2]) {
      await writeFile(machine.desktop, JSON.stringify(secrets, null, indent));
      for (const flag of ['--yes', '--json']) {
        const { code, stdout } = await machine.run(
          '--dry-run',
          flag,
          `--workspace=site=${machine.repository}`,
        );
        expect(code).toBe(0);
        expect(stdout).not.toContain('s3cret');
        expect(stdout).toContain('mcp');
        expect(stdout).toContain(machine.repository);
      }
    }
  });

  test('setup says that Claude Desktop is to be quit first: in its help, and before it writes', async ({
    machine,
  }) => {
    expect((await machine.run('--help')).stdout).toContain('Quit Claude Desktop first');
    expect((await machine.run('--dry-run', '--no-code')).stdout).toContain('Quit Claude Desktop first');
  });

  test("setup says that a copy in a version's folder will go, and what to do then", async ({ machine }) => {
    const folder = join(machine.home, '.nvm/versions/node/v24.1.0/lib/node_modules/bridge-supervisor');
    await cp(dirname(PROGRAM), join(folder, 'dist'), { recursive: true });
    const copy = join(folder, 'dist', 'cli.js');
    const child = spawn(process.execPath, [copy, 'setup', '--yes', '--no-code'], {
      env: machine.env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(code).toBe(0);
    expect(stderr).toContain(
      `Note: ${copy} goes when that version of Node is removed: then our tools are gone from Claude. After changing to another version run: bridge-supervisor setup`,
    );
  });

  test('setup writes down a lasting link to a copy, and says nothing', async ({ machine }) => {
    const modules = join(machine.home, 'pnpm', 'global', '5', 'node_modules');
    const inside = join('.pnpm', 'bridge-supervisor@0.1.0', 'node_modules', 'bridge-supervisor');
    await cp(dirname(PROGRAM), join(modules, inside, 'dist'), { recursive: true });
    await symlink(inside, join(modules, 'bridge-supervisor'));
    const copy = join(modules, inside, 'dist', 'cli.js');
    const child = spawn(process.execPath, [copy, 'setup', '--yes', '--no-code'], {
      env: machine.env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('upgraded') });
    expect(await json(machine.desktop)).toMatchObject({
      mcpServers: {
        claude_bridge_desktop: {
          args: [join(modules, 'bridge-supervisor', 'dist', 'cli.js'), 'mcp', 'desktop'],
        },
      },
    });
  });

  test('setup in WSL shows the entry for Windows, and writes nothing on the side of Linux', async ({
    machine,
  }) => {
    machine.env.WSL_DISTRO_NAME = 'Ubuntu';
    const { code, stdout, stderr } = await machine.run('--yes', '--no-code');
    expect(code).toBe(0);
    expect(stdout).not.toContain('Claude Desktop now has');
    expect(existsSync(machine.desktop)).toBe(false);
    expect(stderr).toContain('Note: this is WSL (Ubuntu), and Claude Desktop reads its file on Windows.');
    expect(JSON.parse(stderr.slice(stderr.indexOf('{')))).toEqual({
      mcpServers: {
        claude_bridge_desktop: {
          command: 'wsl.exe',
          args: [
            ...['-d', 'Ubuntu', '--', 'env', `BRIDGE_HOME=${join(machine.home, '.claude-bridge')}`],
            ...[process.execPath, PROGRAM, 'mcp', 'desktop'],
          ],
          env: {},
        },
      },
    });
  });

  test("setup in WSL with Claude Desktop's file on Windows starts us through wsl.exe", async ({
    machine,
  }) => {
    machine.env.WSL_DISTRO_NAME = 'Ubuntu';
    const file = join(machine.home, 'windows.json');
    await machine.run('--yes', '--no-code', '--desktop-config', file);
    expect(await json(file)).toMatchObject({
      mcpServers: { claude_bridge_desktop: { command: 'wsl.exe' } },
    });
    // The file of Linux is meant where it is named.
    await machine.run('--yes', '--no-code', '--desktop-config', machine.desktop);
    expect(await json(machine.desktop)).toMatchObject({
      mcpServers: { claude_bridge_desktop: { command: process.execPath } },
    });
  });

  test.skipIf(!isRoot)(
    "setup under sudo leaves nothing of root's in the home of a person (needs root)",
    async ({ machine }) => {
      await chown(machine.home, 65_534, 65_534);
      const before = await machine.tree();
      const { code, stderr } = await machine.run('--yes');
      expect(code).toBe(1);
      expect(stderr).toContain(`${machine.home} is not root's. Run setup as the user whose home it is`);
      expect(await machine.tree()).toEqual(before);
    },
  );

  test('setup without a terminal and without --yes does not wait, and says what to give', async ({
    machine,
  }) => {
    const before = await machine.tree();
    const { code, stderr } = await machine.run();
    expect(code).toBe(1);
    expect(stderr).toContain('Add --yes, and --workspace NAME=PATH for your folders');
    expect(await machine.tree()).toEqual(before);
  });

  test('setup writes nothing at all when one file is refused', async ({ machine }) => {
    await mkdir(dirname(machine.desktop), { recursive: true });
    await writeFile(machine.desktop, '{ "a": 1, }');
    const before = await machine.tree();

    const { code, stderr } = await machine.run('--yes', '--workspace', `site=${machine.repository}`);

    expect(code).toBe(1);
    expect(stderr).toBe(
      `bridge-supervisor: ${machine.desktop} was not changed: it is not valid JSON: trailing comma at line 1, column 9. Correct that, then run setup again.\n`,
    );
    expect(await machine.tree()).toEqual(before);
  });

  test('setup without claude does the rest, and shows the command for later', async ({ machine }) => {
    machine.env.BRIDGE_CLAUDE = '/nowhere/claude';
    const { code, stdout, stderr } = await machine.run('--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('Claude Desktop now has');
    expect(stdout).not.toContain('Claude Code');
    expect(stderr).toContain(
      'Claude Code was not found. When it is there, run claude mcp add claude_bridge_code',
    );
  });

  test('setup refuses to register a copy in the cache of npx', async ({ machine }) => {
    const cache = join(machine.home, '.npm', '_npx', '1a2b', 'node_modules');
    await mkdir(cache, { recursive: true });
    await symlink(dirname(dirname(PROGRAM)), join(cache, 'bridge-supervisor'));
    const copy = join(cache, 'bridge-supervisor', 'dist', 'cli.js');
    const child = spawn(
      process.execPath,
      ['--preserve-symlinks-main', '--preserve-symlinks', copy, 'setup', '--yes'],
      {
        env: machine.env,
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(code).toBe(1);
    expect(stderr).toContain('is in the cache of a package runner. Install it');
    expect(existsSync(machine.desktop)).toBe(false);
  });

  test.for([
    [['--workspace', 'site'], "--workspace 'site' must be NAME=PATH", 2],
    [['--workspace', 'a b=/tmp'], 'must be NAME=PATH', 2],
    [['--remove', '--root', '/tmp'], '--remove takes no folders', 2],
    [['--no-desktop', '--desktop-config', 'x'], '--desktop-config and --no-desktop exclude each other', 2],
    [
      ['--workspace', 'a=/no/where'],
      'the folder /no/where does not exist. Create it, or correct the path.',
      1,
    ],
    [['--root', '/dev/null'], '/dev/null is not a folder', 1],
    [['--yes', '--default-workspace', 'nowhere'], "'workspace' must be a name from 'workspaces'", 1],
  ] as const)('setup refuses %j before anything is done', async ([args, why, expected], { machine }) => {
    const before = await machine.tree();
    const { code, stderr } = await machine.run(...args);
    expect({ code, stderr }).toEqual({ code: expected, stderr: expect.stringContaining(why) });
    expect(await machine.tree()).toEqual(before);
  });
});

const SCRIPT = '/usr/bin/script';

describe.skipIf(!onLinux || !existsSync(SCRIPT))('setup on a terminal (of script(1), on Linux)', () => {
  test('setup proposes the repository around, shows what it will write, and takes Enter as yes', async ({
    machine,
  }) => {
    const terminal = openTerminal(machine);
    await terminal.answer(`[${machine.repository}]:`, '');
    await terminal.answer('Its name in plans [my-site]:', 'site');
    await terminal.answer('Apply these changes? [Y/n]', '');

    expect(await terminal.code).toBe(0);
    expect(terminal.shown()).toContain('+     "claude_bridge_desktop": {');
    expect(await json(join(machine.home, '.claude-bridge', 'config.json'))).toMatchObject({
      workspaces: { site: machine.repository },
    });
    expect(await json(machine.desktop)).toHaveProperty('mcpServers.claude_bridge_desktop');
  });

  test('setup asks again after an impossible answer, and a no changes nothing', async ({ machine }) => {
    const before = await machine.tree();
    const terminal = openTerminal(machine);
    await terminal.answer(`[${machine.repository}]:`, '/no/where');
    await terminal.answer('does not exist. Create it, or correct the path.', '-');
    await terminal.answer('Apply these changes? [Y/n]', 'n');

    expect(await terminal.code).toBe(1);
    expect(terminal.shown()).toContain('nothing was changed.');
    expect(await machine.tree()).toEqual(before);
  });

  test.for([
    ['ctrl-c', '\u0003'],
    ['ctrl-d', '\u0004'],
  ])('%s cancels setup, and nothing is changed', async ([, key = ''], { machine }) => {
    const before = await machine.tree();
    const terminal = openTerminal(machine);
    await terminal.press('Folder', key);

    expect(await terminal.code).toBe(1);
    expect(terminal.shown()).toContain('setup was cancelled; nothing was changed.');
    expect(await machine.tree()).toEqual(before);
  });

  describe('where this desktop can show notifications', () => {
    /** A desktop session, in which a program stands for the one that shows them. */
    async function onDesktop(machine: Machine): Promise<void> {
      const bin = join(machine.home, 'bin');
      await mkdir(bin);
      await writeFile(join(bin, 'notify-send'), '#!/bin/sh\n', { mode: 0o755 });
      machine.env.PATH = [bin, machine.env.PATH].join(delimiter);
      machine.env.DISPLAY = ':7';
      machine.env.DBUS_SESSION_BUS_ADDRESS = 'unix:path=/nowhere/bus';
    }
    const config = (machine: Machine) => json(join(machine.home, '.claude-bridge', 'config.json'));
    const QUESTION = 'Tell you on this desktop when something waits for you? [y/N]';

    test('setup asks once whether the desktop is to show what waits, and takes Enter as a no', async ({
      machine,
    }) => {
      await onDesktop(machine);
      const terminal = openTerminal(machine);
      await terminal.answer(`[${machine.repository}]:`, '');
      await terminal.answer('Its name in plans [my-site]:', '');
      await terminal.answer(QUESTION, '');
      await terminal.answer('Apply these changes? [Y/n]', '');
      expect(await terminal.code).toBe(0);
      expect(await config(machine)).not.toHaveProperty('notify');
      const again = openTerminal(machine);
      expect(await again.code).toBe(0);
      expect(again.shown()).not.toContain(QUESTION);
    });

    test('a yes adds the desktop to the configuration, and setup --remove takes it out', async ({
      machine,
    }) => {
      await onDesktop(machine);
      const terminal = openTerminal(machine);
      await terminal.answer(`[${machine.repository}]:`, '-');
      await terminal.answer(QUESTION, 'y');
      await terminal.answer('Apply these changes? [Y/n]', '');
      expect(await terminal.code).toBe(0);
      expect(await config(machine)).toMatchObject({ notify: [{ via: 'os' }] });
      await machine.run('--remove', '--yes');
      expect(existsSync(join(machine.home, '.claude-bridge', 'config.json'))).toBe(false);
    });

    test('setup --yes adds no receiver', async ({ machine }) => {
      await onDesktop(machine);
      await machine.run('--yes', '--workspace', `site=${machine.repository}`);
      expect(await config(machine)).not.toHaveProperty('notify');
    });
  });

  test('setup asks nothing when everything is in place', async ({ machine }) => {
    await machine.run('--yes', '--workspace', `site=${machine.repository}`);
    const terminal = openTerminal(machine);
    expect(await terminal.code).toBe(0);
    expect(terminal.shown()).toContain('Claude Desktop already has claude_bridge_desktop:');
  });
});

/** The command on a terminal, where each answer is typed once its question is there. */
function openTerminal({ env, repository }: Machine) {
  const child = spawn(SCRIPT, ['-qefc', `"${process.execPath}" "${PROGRAM}" setup`, '/dev/null'], {
    cwd: repository,
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let shown = '';
  let read = 0;
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    shown += chunk;
  });
  const press = async (question: string, keys: string) => {
    const end = await eventually(() => {
      const at = shown.indexOf(question, read);
      if (at < 0) throw new Error(`it does not ask '${question}', but shows: ${shown}`);
      return at + question.length;
    }, 20);
    read = end;
    child.stdin.write(keys);
  };
  return {
    press,
    answer: (question: string, answer: string) => press(question, `${answer}\r`),
    shown: () => shown,
    code: once(child, 'close').then(([code]) => code as number | null),
  };
}

async function json(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}
