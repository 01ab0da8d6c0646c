/** Our server in a person's Claude Code: what claude is asked, and what the real one makes of it. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { claudeUserFile } from '../../src/claude/files.ts';
import { runProgram } from '../../src/machine/program.ts';
import { registeredServer } from '../../src/setup/code.ts';
import { serverStart } from '../../src/setup/server-start.ts';
import { applySetup, planRemoval, planSetup, type SetupContext } from '../../src/setup/setup.ts';
import { onWindows } from '../platform.ts';
import { ENTRY, type Rig, test } from './rig.ts';

const REMOVE = ['mcp', 'remove', 'claude_bridge_code', '-s', 'user'];
const addOf = ({ context }: Rig) => [
  ...['mcp', 'add', 'claude_bridge_code', '-s', 'user', '-e', `BRIDGE_HOME=${context.stateDir}`],
  ...['--', '/opt/node/bin/node', '/opt/bridge/dist/cli.js', 'mcp', 'code'],
];
const PYTHON = { command: 'python3', args: ['/srv/code_server.py'], env: { TOKEN: 's3cret' } };
const WANTED = { desktop: null, code: true };

describe.skipIf(onWindows)('claude (a stand-in that is an executable file)', () => {
  test('setup asks claude to add our server for the person', async ({ rig }) => {
    expect(await rig.setup(WANTED)).toEqual({ failure: null, codeFailure: null });
    expect(rig.calls).toEqual([addOf(rig)]);
  });

  test('setup asks claude nothing when our server is as it should be', async ({ rig }) => {
    const start = serverStart('code', ENTRY, rig.context.stateDir);
    await registered(rig, { type: 'stdio', ...start });
    await rig.setup(WANTED);
    expect(rig.calls).toEqual([]);
  });

  test.for([
    { type: 'stdio', command: '/opt/node/bin/node', args: ['/opt/old/dist/cli.js', 'mcp', 'code'], env: {} },
    { type: 'http', url: 'https://example.com' },
    'nonsense',
  ])('setup asks claude to replace %j, since claude refuses to add a name that exists', async (entry, {
    rig,
  }) => {
    await registered(rig, entry);
    await rig.setup(WANTED);
    expect(rig.calls).toEqual([REMOVE, addOf(rig)]);
  });

  test('setup --remove asks claude to remove our server, if it is there', async ({ rig }) => {
    await rig.remove({ desktop: null, code: true });
    expect(rig.calls).toEqual([]);

    await registered(rig, { command: 'node', args: ['/opt/old/dist/cli.js', 'mcp', 'code'] });
    await rig.remove({ desktop: null, code: true });
    expect(rig.calls).toEqual([REMOVE]);
  });

  test('setup leaves claude alone with another server of our name that is not ours', async ({ rig }) => {
    await registered(rig, PYTHON);
    await rig.remove({ desktop: null, code: true });
    expect(rig.calls).toEqual([]);
  });

  test('setup gives claude another server of our name back, by its input and not on the command line', async ({
    rig,
  }) => {
    await registered(rig, PYTHON);
    expect((await rig.plan(WANTED)).warnings).toEqual([
      'Claude Code has another server named claude_bridge_code: its entry is replaced. setup --remove restores it.',
    ]);
    await rig.setup(WANTED);
    await registered(rig, { type: 'stdio', ...serverStart('code', ENTRY, rig.context.stateDir) });
    await rig.setup({ ...WANTED, selfCommand: ['/opt/node/bin/node', '/opt/bridge-2/dist/cli.js'] });
    rig.calls.length = 0;

    await rig.remove({ desktop: null, code: true });

    expect(rig.calls).toEqual([REMOVE, ['mcp', 'add-json', 'claude_bridge_code', '-', '-s', 'user']]);
    expect(rig.inputs.at(-1)).toBe(JSON.stringify(PYTHON));
    expect(await rig.tree()).not.toContain(join('state', 'setup.json'));
  });

  test('setup reports the last words of a claude that refuses, and does everything else', async ({ rig }) => {
    rig.claudeSays = { code: 1, stderr: 'a line\nConfiguration error\n' };
    expect(await rig.setup({ code: true })).toEqual({ failure: null, codeFailure: 'Configuration error' });
    expect(await rig.json()).toHaveProperty('mcpServers.claude_bridge_desktop');
  });
});

test('setup without claude runs nothing, and has what is to be run later in the plan', async ({ rig }) => {
  const context: SetupContext = { ...rig.context, claude: join(rig.root, 'nowhere') };
  const wanted = { ...WANTED, selfCommand: ENTRY, folders: { workspaces: {}, roots: [] } };
  expect(await planSetup(wanted, context)).toMatchObject({
    ok: true,
    value: { code: { claude: null, calls: [{ args: addOf(rig) }] } },
  });
});

test("claude's settings are where CLAUDE_CONFIG_DIR says, or in the home", ({ rig }) => {
  const { homeDir: home } = rig.context;
  expect(claudeUserFile({}, home)).toBe(join(home, '.claude.json'));
  expect(claudeUserFile({ CLAUDE_CONFIG_DIR: '/cfg' }, home)).toBe(join('/cfg', '.claude.json'));
});

test.for([
  '',
  '[]',
  '{ // c\n}',
  '{"mcpServers": null}',
  '{"mcpServers": []}',
  '{"mcpServers": {}}',
])('settings of claude that are %j have no server of ours', async (text, { rig }) => {
  await writeFile(join(rig.context.homeDir, '.claude.json'), text);
  expect(registeredServer(join(rig.context.homeDir, '.claude.json'))).toBeUndefined();
});

describe.skipIf(onWindows)('real claude (with an environment as on Unix)', () => {
  test.for([
    'in its home',
    'in CLAUDE_CONFIG_DIR',
    'in a former file',
  ])('the real claude %s adds our server once, replaces another version, and removes it', async (place, {
    rig,
  }) => {
    const context = await realScene(rig, place);
    const settings = claudeUserFile(context.env, context.homeDir);
    const start = serverStart('code', ENTRY, context.stateDir);

    expect(await setup(context)).toMatchObject({ codeFailure: null });
    expect(registeredServer(settings)).toEqual({ type: 'stdio', ...start });
    const once = await readFile(settings);

    expect(await setup(context)).toMatchObject({ codeFailure: null });
    expect(await readFile(settings)).toEqual(once);

    const newer = ['/opt/a node/bin/node', '/opt/bridge-2/dist/cli.js'];
    expect(await setup(context, newer)).toMatchObject({ codeFailure: null });
    expect(registeredServer(settings)).toEqual({
      type: 'stdio',
      ...serverStart('code', newer, context.stateDir),
    });

    const removal = await planRemoval({ desktop: null, code: true }, context);
    if (removal.ok) await applySetup(removal.value, context, runProgram);
    expect(JSON.parse(await readFile(settings, 'utf8'))).toMatchObject({ mcpServers: {} });
    expect(registeredServer(settings)).toBeUndefined();
  });

  test('the real claude gets another server of our name back as it was', async ({ rig }) => {
    const context = await realScene(rig, 'in its home');
    await registered(rig, PYTHON);
    expect(await setup(context)).toMatchObject({ codeFailure: null });

    const removal = await planRemoval({ desktop: null, code: true }, context);
    if (removal.ok)
      expect(await applySetup(removal.value, context, runProgram)).toMatchObject({ codeFailure: null });

    expect(registeredServer(join(context.homeDir, '.claude.json'))).toEqual(PYTHON);
  });

  test('the real claude refuses settings that are no JSON, and its words are reported', async ({ rig }) => {
    const context = await realScene(rig, 'in its home');
    await writeFile(join(context.homeDir, '.claude.json'), '{ // mine\n}');

    expect((await setup(context)).codeFailure).toContain('.claude.json');

    expect(await readFile(join(context.homeDir, '.claude.json'), 'utf8')).toBe('{ // mine\n}');
  });
});

async function setup(context: SetupContext, selfCommand: readonly string[] = ENTRY) {
  const planned = await planSetup(
    { ...WANTED, selfCommand, folders: { workspaces: {}, roots: [] } },
    context,
  );
  if (!planned.ok) throw new Error(planned.refusal);
  return applySetup(planned.value, context, runProgram);
}

/** An environment built from nothing; what claude would say to the network goes to a port that nobody listens on. */
async function realScene(rig: Rig, place: string): Promise<SetupContext> {
  const { homeDir: home } = rig.context;
  const configFolder = join(rig.root, 'claude-config');
  if (place === 'in a former file') {
    await mkdir(join(home, '.claude'));
    await writeFile(join(home, '.claude', '.config.json'), '{}');
  }
  const manifest = createRequire(import.meta.url).resolve('@anthropic-ai/claude-code/package.json');
  const env = {
    HOME: home,
    USERPROFILE: home,
    PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    ANTHROPIC_API_KEY: 'dummy',
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
    ...(place === 'in CLAUDE_CONFIG_DIR' ? { CLAUDE_CONFIG_DIR: configFolder } : {}),
  };
  return { ...rig.context, env, claude: join(dirname(manifest), 'bin', 'claude.exe') };
}

async function registered(rig: Rig, entry: unknown): Promise<void> {
  const settings = { numStartups: 3, mcpServers: { claude_bridge_code: entry } };
  await writeFile(join(rig.context.homeDir, '.claude.json'), JSON.stringify(settings));
}
