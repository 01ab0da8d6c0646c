import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  CODE_SERVER,
  type CommandLine,
  commandLine,
  type ReviewLine,
  reviewCommandLine,
  unexpectedTool,
  writeMcpConfig,
} from '../../src/claude/command-line.ts';
import { asProjectId, asRunId } from '../../src/project/ids.ts';
import { onWindows } from '../platform.ts';
import { temporaryFolder } from './rig.ts';

function line(options: Partial<CommandLine> = {}): string[] {
  return commandLine({
    sessionId: 'session',
    resume: false,
    model: null,
    permissionMode: 'acceptEdits',
    allowedTools: [],
    claudeSettings: 'user',
    settings: '{}',
    mcpConfigFile: '/state/runs/a.mcp.json',
    maxTurns: null,
    maxBudgetUsd: null,
    asksPermission: false,
    ...options,
  });
}

/** What follows an option. */
const wordAfter = (options: Partial<CommandLine>, name: string) => {
  const words = line(options);
  return words.includes(name) ? words[words.indexOf(name) + 1] : undefined;
};

describe('command line', () => {
  test('the command line of a new session has only defaults', () => {
    expect(line()).toEqual([
      '-p',
      '--input-format',
      'stream-json',
      '--output-format',
      'stream-json',
      '--verbose',
      '--replay-user-messages',
      '--include-partial-messages',
      '--include-hook-events',
      '--session-id',
      'session',
      '--permission-mode',
      'acceptEdits',
      '--settings',
      '{}',
      '--allowedTools',
      'mcp__claude_bridge_code',
      '--disallowedTools',
      'AskUserQuestion,EnterWorktree,ExitWorktree,EnterPlanMode,ExitPlanMode',
      '--setting-sources',
      'user',
      '--add-dir',
      '.',
      '--strict-mcp-config',
      '--mcp-config',
      '/state/runs/a.mcp.json',
    ]);
  });

  test('the command line resumes a session or names a new one, never both', () => {
    expect(wordAfter({ resume: true }, '--resume')).toBe('session');
    expect(line({ resume: true })).not.toContain('--session-id');
    expect(line()).not.toContain('--resume');
  });

  test('the command line names a model only when one is asked for', () => {
    expect(wordAfter({ model: 'claude-opus-4-8[1m]' }, '--model')).toBe('claude-opus-4-8[1m]');
    expect(line()).not.toContain('--model');
  });

  test('the command line always says what may be done without asking', () => {
    expect(wordAfter({ permissionMode: 'dontAsk' }, '--permission-mode')).toBe('dontAsk');
  });

  test('the command line caps turns and cost when the plan does', () => {
    expect(wordAfter({ maxTurns: 40 }, '--max-turns')).toBe('40');
    expect(wordAfter({ maxBudgetUsd: 0.01 }, '--max-budget-usd')).toBe('0.01');
    expect(line()).not.toContain('--max-turns');
    expect(line()).not.toContain('--max-budget-usd');
  });

  test('the command line allows our tools first, then the owner’s', () => {
    const allowedTools = ['mcp__shared', 'Bash(npm test *)'];
    expect(wordAfter({ allowedTools }, '--allowedTools')).toBe(
      'mcp__claude_bridge_code,mcp__shared,Bash(npm test *)',
    );
  });

  test('the command line says whose settings count: the person’s, nobody’s, or the folder’s too', () => {
    expect(wordAfter({ claudeSettings: 'user' }, '--setting-sources')).toBe('user');
    expect(wordAfter({ claudeSettings: 'none' }, '--setting-sources')).toBe('');
    expect(wordAfter({ claudeSettings: 'none' }, '--add-dir')).toBe('.');
    expect(line({ claudeSettings: 'all' })).not.toContain('--setting-sources');
    expect(line({ claudeSettings: 'all' })).not.toContain('--add-dir');
  });

  test('the command line uses no MCP server but those of its own file', () => {
    expect(line()).toContain('--strict-mcp-config');
    // Options that take several values would swallow a word that follows.
    expect(line().slice(-2)).toEqual(['--mcp-config', '/state/runs/a.mcp.json']);
  });
});

describe('command line of a reviewer', () => {
  const review = (options: Partial<ReviewLine> = {}) =>
    reviewCommandLine({
      sessionId: 'session',
      model: null,
      maxBudgetUsd: 0.5,
      settings: '{}',
      claudeSettings: 'user',
      patchFolder: undefined,
      answerSchema: '{"type":"object"}',
      ...options,
    });
  const wordOf = (name: string, options: Partial<ReviewLine> = {}) => {
    const words = review(options);
    return words[words.indexOf(name) + 1];
  };

  test('a reviewer is given tools that read, and is refused all others', () => {
    expect(wordOf('--tools')).toBe('Read,Grep,Glob');
    expect(wordOf('--allowedTools')).toBe('Read,Grep,Glob');
    expect(wordOf('--permission-mode')).toBe('dontAsk');
    const refused = wordOf('--disallowedTools')?.split(',') ?? [];
    expect(refused).toEqual(expect.arrayContaining(['Bash', 'Edit', 'Write', 'WebFetch', 'Task']));
  });

  test('a reviewer has no server, no settings of the folder, a new session, a limit and a form for its answer', () => {
    expect(review()).toContain('--strict-mcp-config');
    expect(review()).not.toContain('--mcp-config');
    expect(wordOf('--setting-sources', { claudeSettings: 'all' })).toBe('user');
    expect(wordOf('--setting-sources', { claudeSettings: 'none' })).toBe('');
    expect(wordOf('--session-id')).toBe('session');
    expect(wordOf('--max-budget-usd')).toBe('0.5');
    expect(wordOf('--json-schema')).toBe('{"type":"object"}');
  });

  test('a reviewer reads in no other folder but that of a long patch', () => {
    expect(review()).not.toContain('--add-dir');
    expect(review({ patchFolder: '/state/reviews/1' }).slice(-2)).toEqual(['--add-dir', '/state/reviews/1']);
  });

  test.for([
    [['Glob', 'Grep', 'Read', 'StructuredOutput'], undefined],
    [[], undefined],
    [['Read', 'Bash'], 'Bash'],
    [['Read', 'mcp__mail__send'], 'mcp__mail__send'],
  ] as const)('a reviewer with the tools %j must not have %j', ([tools, unexpected]) => {
    expect(unexpectedTool(tools)).toBe(unexpected);
  });
});

describe('MCP configuration of a run', () => {
  const server = {
    selfCommand: ['/usr/bin/node', '--flag', '/app/cli.js'],
    askWaitMs: 120_000,
    asksAbout: undefined,
    toolsets: [],
    stateDir: '/state',
    runId: asRunId('a1b2c3d4e5f6'),
    projectId: asProjectId('b1b2c3d4e5f6'),
  };
  const ours = {
    type: 'stdio',
    command: '/usr/bin/node',
    args: ['--flag', '/app/cli.js', 'mcp', 'code'],
    env: {
      BRIDGE_HOME: '/state',
      BRIDGE_RUN_ID: 'a1b2c3d4e5f6',
      BRIDGE_PROJECT_ID: 'b1b2c3d4e5f6',
      BRIDGE_ASK_WAIT_MS: '120000',
    },
    alwaysLoad: true,
  };

  async function written(shared: Record<string, unknown>, selfCommand = server.selfCommand) {
    const file = join(await temporaryFolder(), 'mcp.json');
    await writeMcpConfig(file, { ...server, selfCommand }, shared);
    return { file, config: JSON.parse(await readFile(file, 'utf8')) };
  }

  test('the MCP configuration names our server, loaded at once, for this run', async () => {
    const { config } = await written({});
    expect(config).toEqual({ mcpServers: { [CODE_SERVER]: ours } });
  });

  test('the MCP configuration has the toolsets that the owner lists, for this run', async () => {
    const file = join(await temporaryFolder(), 'mcp.json');
    await writeMcpConfig(file, { ...server, toolsets: ['channels'] }, {});
    const { claude_bridge_channels: channels } = JSON.parse(await readFile(file, 'utf8')).mcpServers;
    expect(channels).toMatchObject({
      args: expect.arrayContaining(['mcp', 'channels']),
      env: { BRIDGE_RUN_ID: server.runId, BRIDGE_PROJECT_ID: server.projectId },
    });
  });

  test('the MCP configuration says what a person is asked about, in a run that asks', async () => {
    const file = join(await temporaryFolder(), 'mcp.json');
    await writeMcpConfig(file, { ...server, asksAbout: ['Bash(npm publish *)'] }, {});
    const { env } = JSON.parse(await readFile(file, 'utf8')).mcpServers[CODE_SERVER];
    expect(env.BRIDGE_ASKS).toBe('["Bash(npm publish *)"]');
  });

  test('the MCP configuration starts a program that is a single file', async () => {
    const { config } = await written({}, ['/app/bridge-supervisor']);
    expect(config.mcpServers[CODE_SERVER]).toMatchObject({
      command: '/app/bridge-supervisor',
      args: ['mcp', 'code'],
    });
  });

  test('the MCP configuration adds the owner’s servers as they are', async () => {
    const shared = {
      docs: { type: 'http', url: 'https://docs.example', headers: { Authorization: 'Bearer x' } },
    };
    const { config } = await written(shared);
    expect(config.mcpServers).toEqual({ ...shared, [CODE_SERVER]: ours });
  });

  test('the MCP configuration lets no server of the owner take the place of ours', async () => {
    const { config } = await written({ [CODE_SERVER]: { command: 'something else' } });
    expect(config).toEqual({ mcpServers: { [CODE_SERVER]: ours } });
  });

  test.skipIf(onWindows)(
    'the MCP configuration may be read by nobody else, for it may hold secrets (needs file modes)',
    async () => {
      const { file } = await written({});
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    },
  );
});
