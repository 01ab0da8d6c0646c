import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { configJsonSchema, loadConfig } from '../src/config.ts';
import { ConfigError } from '../src/config-error.ts';
import type { Environment } from '../src/environment.ts';
import { stateFolder } from '../src/state-folder.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'bridge-config-'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

const file = () => join(home, 'config.json');

/** Reads a configuration of these settings, or of this text. */
function load(settings: unknown = {}, env: Environment = {}) {
  writeFileSync(file(), typeof settings === 'string' ? settings : JSON.stringify(settings));
  return loadConfig(home, env);
}

/** What is said about a configuration that cannot be used. */
function problem(settings: unknown, env: Environment = {}): string {
  try {
    load(settings, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.message).not.toContain('\n');
    return error.message;
  }
  throw new Error('accepted, although it should not have been');
}

const DEFAULTS = {
  workspaces: {},
  workspace_roots: [],
  concurrency: 2,
  permission_mode: 'acceptEdits',
  policy: {},
  allowed_tools: [],
  disallowed_tools: [],
  claude_settings: 'user',
  block_outside: 'files',
  isolation: 'worktree',
  repairs: 2,
  on_approve: 'merge',
  max_rounds: 5,
  revise_in: 'session',
  sandbox: 'off',
  sandbox_domains: [],
  check_network: false,
  budget: {},
  schedule_catch_up: 24 * 3_600_000,
  schedule_min_interval: 3_600_000,
  mcp_servers: {},
  toolsets_in_runs: [],
  ask_wait: 120_000,
  run_timeout: 14_400_000,
  start_timeout: 60_000,
  silence_timeout: 960_000,
  tool_timeout: 3_600_000,
  last_words_timeout: 60_000,
  exit_timeout: 15_000,
  drain_timeout: 0,
  quiet_hours: [],
  usage_reserve_percent: 0,
  loop_timeout: 60_000,
  keep_awake: true,
  heartbeat_interval: 300_000,
  http: { enabled: true, port: 7823, listen: '127.0.0.1', hosts: [], also_listen: [], insecure_lan: false },
  channels: { keep_days: 30, keep_messages: 100_000, keep_mb: 500, legacy_sse: false },
  folder: { all_tools: false, read_only: false },
  relay: { hold: false },
  memory: { max_keys: 10_000, max_mb: 100, keep_versions: 20, keep_deleted_days: 30 },
  scripts: { allow: [], allow_in_runs: [], timeout: 600_000, env_deny: [], keep_days: 30 },
  escalation: { permission_scope: 'full', max_age: 3_600_000, approval: false },
  notify: [],
  run_output_max_mb: 500,
  keep_runs_days: 30,
  keep_runs_mb: 2_000,
  keep_worktrees_days: 14,
  disk_min_mb: 500,
  log_level: 'info',
  log_max_mb: 10,
  log_files: 5,
};

describe('no settings', () => {
  test('the configuration has its defaults, whether the file is empty or missing', () => {
    expect(loadConfig(home, {})).toEqual(DEFAULTS);
    expect(load({})).toEqual(DEFAULTS);
    expect(loadConfig(join(home, 'not', 'there'), {})).toEqual(DEFAULTS);
  });
});

/** What a receiver wants that says nothing about it. */
const RULES = {
  kinds: ['decision_wanted', 'question', 'permission', 'gave_up', 'hold_began', 'hold_ended'],
  projects: [],
  channels: [],
  quiet: [],
  hold_min: 600_000,
  detail: 'title',
};

/** What a person writes for a key, and what the program reads: at least one value for every key. */
const VALUES: readonly [key: string, written: unknown, read: unknown][] = [
  ['claude', '/opt/claude', '/opt/claude'],
  ['claude', 'claude-next', 'claude-next'],
  ['claude', '~/bin/claude', join(homedir(), 'bin', 'claude')],
  ['workspace', '/work', '/work'],
  ['workspaces', { clock: '~/clock', a: '/a' }, { clock: join(homedir(), 'clock'), a: '/a' }],
  ['workspace_roots', ['~', '/work'], [homedir(), '/work']],
  ['concurrency', 5, 5],
  ['model', 'opus', 'opus'],
  ['permission_mode', 'dontAsk', 'dontAsk'],
  [
    'policy',
    {
      mode: 'default',
      allow: ['Bash(npm test *)'],
      deny: ['WebFetch'],
      ask: ['Bash(git push *)'],
      rest: 'ask',
    },
    {
      mode: 'default',
      allow: ['Bash(npm test *)'],
      deny: ['WebFetch'],
      ask: ['Bash(git push *)'],
      rest: 'ask',
    },
  ],
  ['max_turns', 40, 40],
  ['allowed_tools', ['Bash(npm test *)'], ['Bash(npm test *)']],
  ['disallowed_tools', ['WebFetch'], ['WebFetch']],
  [
    'mcp_servers',
    { notes: { command: 'notes', args: ['-v'], env: { A: 'b' } } },
    { notes: { command: 'notes', args: ['-v'], env: { A: 'b' } } },
  ],
  ['ask_wait', '0s', 0],
  ['run_timeout', '90m', 5_400_000],
  ['start_timeout', '1.5m', 90_000],
  ['silence_timeout', '20 m', 1_200_000],
  ['tool_timeout', '2h', 7_200_000],
  ['last_words_timeout', '90s', 90_000],
  ['exit_timeout', '500ms', 500],
  ['drain_timeout', '1d', 86_400_000],
  ['quiet_hours', ['* 9-17 * * 1-5'], ['* 9-17 * * 1-5']],
  ['usage_reserve_percent', 20, 20],
  ['resume_not_before', '06:30', '06:30'],
  ['loop_timeout', '1s', 1_000],
  ['keep_awake', false, false],
  ['heartbeat_file', '~/beat', join(homedir(), 'beat')],
  ['heartbeat_url', 'https://hc.example/ping/5f3a?a=b', 'https://hc.example/ping/5f3a?a=b'],
  ['heartbeat_url', 'http://127.0.0.1:8000/beat', 'http://127.0.0.1:8000/beat'],
  ['heartbeat_interval', '10s', 10_000],
  [
    'http',
    { enabled: true, port: 80, listen: '::1', hosts: ['box:1'], public_url: 'https://box.example' },
    {
      ...{ enabled: true, port: 80, listen: '::1', hosts: ['box:1'], public_url: 'https://box.example' },
      also_listen: [],
      insecure_lan: false,
    },
  ],
  ['channels', { keep_days: 0 }, { keep_days: 0, keep_messages: 100_000, keep_mb: 500, legacy_sse: false }],
  ['toolsets_in_runs', ['channels', 'memory'], ['channels', 'memory']],
  ['relay', { hold: true }, { hold: true }],
  [
    'memory',
    { max_keys: 5, keep_deleted_days: 0 },
    { max_keys: 5, max_mb: 100, keep_versions: 20, keep_deleted_days: 0 },
  ],
  [
    'scripts',
    { folder: '/owner', allow: ['ops/a b.sh'], timeout: '5s' },
    {
      folder: '/owner',
      allow: ['ops/a b.sh'],
      allow_in_runs: [],
      timeout: 5_000,
      env_deny: [],
      keep_days: 30,
    },
  ],
  [
    'escalation',
    { permission_scope: 'readonly', max_usd: 2 },
    { permission_scope: 'readonly', max_usd: 2, max_age: 3_600_000, approval: false },
  ],
  [
    'folder',
    { path: '~/shared', all_tools: true },
    { path: join(homedir(), 'shared'), all_tools: true, read_only: false },
  ],
  [
    'notify',
    [
      { via: 'os', quiet: ['* 22-23 * * *'], remind_after: '4h', hold_min: '1m', detail: 'none' },
      { via: 'webhook', url: 'https://a.example/hook', secret: [{ env: 'NEW' }, { file: '~/old' }] },
      { via: 'ntfy', name: 'phone', topic: { env: 'TOPIC' }, kinds: ['question'], projects: ['site'] },
      { via: 'slack', url: { env: 'SLACK' } },
      { via: 'discord', url: { file: '/discord' } },
      { via: 'command', command: ['say', '-v'] },
    ],
    [
      {
        ...{ name: 'os', ...RULES, via: 'os', quiet: ['* 22-23 * * *'] },
        ...{ remind_after: 14_400_000, hold_min: 60_000, detail: 'none' },
      },
      {
        ...{ name: 'webhook', ...RULES, via: 'webhook', url: 'https://a.example/hook' },
        secret: [{ env: 'NEW' }, { file: join(homedir(), 'old') }],
      },
      {
        ...{ name: 'phone', ...RULES, via: 'ntfy', server: 'https://ntfy.sh', topic: { env: 'TOPIC' } },
        ...{ kinds: ['question'], projects: ['site'] },
      },
      { name: 'slack', ...RULES, via: 'slack', url: { env: 'SLACK' } },
      { name: 'discord', ...RULES, via: 'discord', url: { file: '/discord' } },
      { name: 'command', ...RULES, via: 'command', command: ['say', '-v'] },
    ],
  ],
  ['claude_settings', 'all', 'all'],
  ['block_outside', 'nothing', 'nothing'],
  ['workspaces', { site: '/site' }, { site: '/site' }],
  [
    'workspaces',
    { site: { path: '~/site', claude_settings: 'all' } },
    { site: { path: join(homedir(), 'site'), claude_settings: 'all' } },
  ],
  [
    'workspaces',
    {
      app: {
        path: '/app',
        policy: { mode: 'auto', ask: ['Bash(git push *)'] },
        max_turns: 60,
        isolation: 'worktree',
        allow_in_place: true,
        base: 'release/2',
        prepare: 'npm ci',
        prepare_timeout: '20m',
        checks: [
          { name: 'test', run: 'npm test' },
          { name: 'lint:all', run: 'npm run lint', timeout: '1m' },
        ],
        check_inputs: ['ci/**'],
        check_env_deny: ['NPM_TOKEN', 'AWS_*'],
        repairs: 0,
        on_approve: 'push',
        remote: 'origin',
        max_rounds: 3,
        revise_in: 'cheapest',
        sandbox: 'auto',
        sandbox_domains: ['registry.npmjs.org'],
        check_network: true,
        budget_usd: 4,
        concurrency: 2,
        auto_approve: { checks: true, max_lines: 20, paths: ['docs/**'] },
        review: { max_usd: 0.5, model: 'opus', prompt: 'Look for races.', timeout: '5m', repair: true },
      },
    },
    {
      app: {
        path: '/app',
        policy: { mode: 'auto', ask: ['Bash(git push *)'] },
        max_turns: 60,
        isolation: 'worktree',
        allow_in_place: true,
        base: 'release/2',
        prepare: 'npm ci',
        prepare_timeout: 1_200_000,
        checks: [
          { name: 'test', run: 'npm test', timeout: 600_000 },
          { name: 'lint:all', run: 'npm run lint', timeout: 60_000 },
        ],
        check_inputs: ['ci/**'],
        check_env_deny: ['NPM_TOKEN', 'AWS_*'],
        repairs: 0,
        on_approve: 'push',
        remote: 'origin',
        max_rounds: 3,
        revise_in: 'cheapest',
        sandbox: 'auto',
        sandbox_domains: ['registry.npmjs.org'],
        check_network: true,
        budget_usd: 4,
        concurrency: 2,
        auto_approve: { checks: true, max_lines: 20, paths: ['docs/**'] },
        review: { max_usd: 0.5, model: 'opus', prompt: 'Look for races.', timeout: 300_000, repair: true },
      },
    },
  ],
  ['workspaces', { app: { path: '/app', review: false } }, { app: { path: '/app', review: false } }],
  ['review', { max_usd: 2 }, { max_usd: 2, timeout: 900_000, repair: false }],
  ['isolation', 'in_place', 'in_place'],
  ['repairs', 0, 0],
  ['on_approve', 'branch', 'branch'],
  ['max_rounds', 1, 1],
  ['revise_in', 'fresh', 'fresh'],
  ['sandbox', 'require', 'require'],
  ['sandbox_domains', ['*.npmjs.org'], ['*.npmjs.org']],
  ['check_network', true, true],
  [
    'budget',
    { run_usd: 1, project_usd: 5, day_usd: 20.5, month_usd: 300 },
    { run_usd: 1, project_usd: 5, day_usd: 20.5, month_usd: 300 },
  ],
  ['max_unreviewed', 3, 3],
  ['schedule_catch_up', '48h', 48 * 3_600_000],
  ['schedule_min_interval', '10m', 600_000],
  ['keep_worktrees_days', 0, 0],
  ['run_output_max_mb', 0.5, 0.5],
  ['keep_runs_days', 0, 0],
  ['keep_runs_mb', 1, 1],
  ['disk_min_mb', 0, 0],
  ['log_level', 'debug', 'debug'],
  ['log_max_mb', 0.1, 0.1],
  ['log_files', 1, 1],
];

const LISTED = new Set(VALUES.map(([key]) => key));

describe('configuration keys', () => {
  test.each(VALUES)('the key %s takes %j', (key, value, expected) => {
    expect(load({ [key]: value })).toEqual({ ...load(), [key]: expected });
  });

  test('every key is in the list of this test', () => {
    const { properties } = configJsonSchema() as { properties: object };
    const missing = Object.keys(properties).filter((key) => !LISTED.has(key) && key !== '$schema');
    expect(missing, 'add a value of each to VALUES').toEqual([]);
  });

  test('a default workspace may be one of the names', () => {
    expect(load({ workspace: 'clock', workspaces: { clock: '/clock' } }).workspace).toBe('clock');
  });

  test('the configuration may say where its schema is', () => {
    expect(load({ $schema: './config.schema.json' })).toEqual(load());
  });
});

describe('wrong values', () => {
  test.each<[unknown, string]>([
    [{ concurrency: '2' }, "'concurrency' must be a number"],
    [{ concurrency: 0 }, "'concurrency' must be at least 1"],
    [{ budget: { day_usd: 0 } }, "'budget.day_usd' must be more than 0"],
    [
      { budget: { week_usd: 5 } },
      "'budget' has an unknown key 'week_usd'; allowed keys: run_usd, project_usd, day_usd, month_usd",
    ],
    [
      { folder: { pth: '/a' } },
      "'folder' has an unknown key 'pth'; allowed keys: path, all_tools, read_only",
    ],
    [
      { channels: { days: 1 } },
      "'channels' has an unknown key 'days'; allowed keys: keep_days, keep_messages, keep_mb, legacy_sse",
    ],
    [{ relay: { held: true } }, "'relay' has an unknown key 'held'; allowed keys: hold"],
    [{ concurrency: 65 }, "'concurrency' must be at most 64"],
    [
      { notify: [{ via: 'os', channels: ['relay'] }] },
      "'notify.0.channels' chooses from messages, of which it is not told: add 'message' to its kinds",
    ],
    [{ log_max_mb: 0 }, "'log_max_mb' must be more than 0"],
    [{ model: '' }, "'model' must be a model name such as 'opus', 'sonnet' or a full model id"],
    [{ model: '--help' }, "'model' must be a model name such as 'opus', 'sonnet' or a full model id"],
    [{ concurrency: 1.5 }, "'concurrency' must be a whole number"],
    [
      { workspaces: { 'my clock': '/a' } },
      "'workspaces.my clock' must be a name of letters, digits, '.', '_' and '-'",
    ],
    [{ workspaces: { a: 'clock' } }, "'workspaces.a' must be an absolute path"],
    [{ workspaces: { a: { path: 'clock' } } }, "'workspaces.a.path' must be an absolute path"],
    [{ workspaces: { a: {} } }, "'workspaces.a.path' must be a text in quotes"],
    [
      { workspaces: { a: 5 } },
      '\'workspaces.a\' must be an absolute path, or an object such as {"path": "/code/site", "base": "main"}',
    ],
    [
      { workspaces: { a: { path: '/a', claude_settings: 'mine' } } },
      '\'workspaces.a.claude_settings\' must be one of "user", "none", "all"',
    ],
    [
      { workspaces: { a: { path: '/a', model: 'x' } } },
      "'workspaces.a' has an unknown key 'model'; allowed keys: path, policy, max_turns, claude_settings, isolation, allow_in_place, base, prepare, prepare_timeout, checks, check_inputs, check_env_deny, sandbox, sandbox_domains, check_network, repairs, on_approve, remote, max_rounds, revise_in, budget_usd, concurrency, auto_approve, review",
    ],
    [
      { workspaces: { a: { path: '/a', checks: [{ name: 'test', run: 'npm test', cmd: 'x' }] } } },
      "'workspaces.a.checks.0' has an unknown key 'cmd'; allowed keys: name, run, timeout",
    ],
    [
      { workspaces: { a: { path: '/a', checks: [{ name: 'my test', run: 'x' }] } } },
      "'workspaces.a.checks.0.name' must be a name of letters, digits, '.', '_', ':' and '-'",
    ],
    [
      { workspaces: { a: { path: '/a', checks: ['t', 't'].map((name) => ({ name, run: 'x' })) } } },
      "'workspaces.a.checks' must be checks of different names",
    ],
    [
      { workspaces: { a: { path: '/a', base: '--upload-pack=x' } } },
      "'workspaces.a.base' must be a name that git takes",
    ],
    [
      { workspaces: { a: { path: '/a', check_env_deny: ['A B'] } } },
      "'workspaces.a.check_env_deny.0' must be the name of a variable, or its beginning and '*'",
    ],
    [
      { workspaces: { a: { path: '/a', auto_approve: { checks: false, max_lines: 1, paths: ['a'] } } } },
      "'workspaces.a.auto_approve.checks' must be one of true",
    ],
    [
      {
        workspaces: {
          a: { path: '/a', auto_approve: { checks: true, max_lines: 1, paths: ['a'], lines: 1 } },
        },
      },
      "'workspaces.a.auto_approve' has an unknown key 'lines'; allowed keys: checks, max_lines, paths",
    ],
    [{ repairs: 11 }, "'repairs' must be at most 10"],
    [{ claude_settings: 'project' }, '\'claude_settings\' must be one of "user", "none", "all"'],
    [{ workspace_roots: ['../work'] }, "'workspace_roots.0' must be an absolute path"],
    [{ workspace: 'clock' }, "'workspace' must be a name from 'workspaces' or an absolute path"],
    [{ workspace: 'constructor' }, "'workspace' must be a name from 'workspaces' or an absolute path"],
    [{ claude: './claude' }, "'claude' must be an absolute path, or a name to be found on PATH"],
    [{ model: 5 }, "'model' must be a text in quotes"],
    [
      { permission_mode: 'yolo' },
      '\'permission_mode\' must be one of "dontAsk", "default", "acceptEdits", "auto", "bypassPermissions"',
    ],
    [
      { policy: { mode: 'plan' } },
      '\'policy.mode\' must be one of "dontAsk", "default", "acceptEdits", "auto", "bypassPermissions"',
    ],
    [
      { policy: { asks: [] } },
      "'policy' has an unknown key 'asks'; allowed keys: mode, allow, deny, ask, rest",
    ],
    [
      { policy: { deny: ['npm test'] } },
      "'policy.deny.0' must be a tool, or a tool and what it is called with, such as 'WebFetch' or 'Bash(npm test *)'",
    ],
    [
      { policy: { mode: 'dontAsk', ask: ['Bash'] } },
      "'policy.mode' 'dontAsk' asks nobody: use default or acceptEdits",
    ],
    [
      { permission_mode: 'dontAsk', policy: { rest: 'ask' } },
      "'permission_mode' 'dontAsk' asks nobody: use default or acceptEdits",
    ],
    [
      { permission_mode: 'dontAsk', workspaces: { a: { path: '/a', policy: { ask: ['Bash'] } }, b: '/b' } },
      "'permission_mode' 'dontAsk' asks nobody: use default or acceptEdits",
    ],
    [
      { policy: { rest: 'ask' }, workspaces: { a: { path: '/a', policy: { mode: 'dontAsk' } } } },
      "'workspaces.a.policy.mode' 'dontAsk' asks nobody: use default or acceptEdits",
    ],
    [{ allowed_tools: 'Bash' }, "'allowed_tools' must be a list: […]"],
    [{ mcp_servers: { 'a b': {} } }, "'mcp_servers.a b' must be a name of letters, digits, '_' and '-'"],
    [{ run_timeout: 60 }, "'run_timeout' must be a text in quotes"],
    [
      { run_timeout: '4 hours' },
      "'run_timeout' must be a duration of at least 1s, such as '30s', '10m' or '2h'",
    ],
    [{ run_timeout: '-1h' }, "'run_timeout' must be a duration of at least 1s, such as '30s', '10m' or '2h'"],
    [
      { loop_timeout: '1ms' },
      "'loop_timeout' must be a duration of at least 1s, such as '30s', '10m' or '2h'",
    ],
    [{ keep_awake: 'yes' }, "'keep_awake' must be true or false"],
    [{ heartbeat_file: 'beat' }, "'heartbeat_file' must be an absolute path"],
    ...['hc.example/5f3a', 'file:///5f3a', 'https://me:secret@hc.example'].map(
      (heartbeat_url) =>
        [
          { heartbeat_url },
          "'heartbeat_url' must be an http or https address, without user name and password",
        ] as [unknown, string],
    ),
    [
      { heartbeat_interval: '5s' },
      "'heartbeat_interval' must be a duration of at least 10s, such as '30s', '10m' or '2h'",
    ],
    [{ quiet_hours: ['at night'] }, "'quiet_hours.0' must be a cron expression such as '* 9-17 * * 1-5'"],
    [{ resume_not_before: '25:00' }, "'resume_not_before' must be a time of day such as '06:30'"],
    [{ log_level: 'loud' }, '\'log_level\' must be one of "error", "warn", "info", "debug"'],
    [{ concurrency: null }, "'concurrency' must be a number"],
  ])('a wrong value is refused with the file, the key and what is allowed: %j', (settings, words) => {
    expect(problem(settings)).toBe(`${file()}: ${words}`);
  });

  test('an unknown key is refused with the known ones', () => {
    expect(problem({ concurency: 2 })).toMatch(
      /config\.json: unknown key 'concurency'; allowed keys: .*concurrency,/,
    );
  });

  test('every wrong value is reported at once', () => {
    expect(problem({ concurrency: 0, model: 5, colour: 'red' })).toMatch(
      /'concurrency' must be at least 1; .*'model' must be .*; .*unknown key 'colour'/,
    );
  });
});

describe('unreadable configuration files', () => {
  test.each([
    '{',
    '',
    '{"concurrency": 3,}',
    '// a comment\n{}',
    '{concurrency: 3}',
  ])('a configuration file that is no JSON is refused: %j', (text) => {
    expect(problem(text)).toMatch(
      /config\.json is not valid JSON: .+\. Correct it, or move it away to start from defaults\.$/,
    );
  });

  test('the key __proto__ is refused, and not silently ignored', () => {
    for (const text of ['{"__proto__": {}}', '{"workspaces": {"__proto__": "/a"}}'])
      expect(problem(text)).toContain("'__proto__' cannot be a name");
  });

  test.each([
    '[]',
    'null',
    '"text"',
    '3',
  ])('a configuration file that is no object is refused: %s', (text) => {
    expect(problem(text)).toBe(`${file()} must hold one JSON object, like {"concurrency": 2}.`);
  });

  test('a configuration file that is a folder is refused', () => {
    mkdirSync(file());
    expect(() => loadConfig(home, {})).toThrow(ConfigError);
    expect(() => loadConfig(home, {})).toThrow(`cannot read ${file()}`);
  });

  test('a configuration file with a byte order mark is read', () => {
    expect(load('\uFEFF{"concurrency": 3}').concurrency).toBe(3);
  });
});

describe('environment over configuration file', () => {
  test.each<[Environment, Record<string, unknown>]>([
    [{ BRIDGE_MODEL: 'opus' }, { model: 'opus' }],
    [{ BRIDGE_MODEL: '4' }, { model: '4' }],
    [{ BRIDGE_CLAUDE: '/opt/claude' }, { claude: '/opt/claude' }],
    [{ BRIDGE_WORKSPACE: '/work' }, { workspace: '/work' }],
    [{ BRIDGE_CONCURRENCY: '7' }, { concurrency: 7 }],
    [{ BRIDGE_RUN_TIMEOUT: '10m' }, { run_timeout: 600_000 }],
    [{ BRIDGE_PERMISSION_MODE: 'auto' }, { permission_mode: 'auto' }],
    [{ BRIDGE_WORKSPACES: '{"a": "/a"}' }, { workspaces: { a: '/a' } }],
    [{ BRIDGE_WORKSPACE_ROOTS: '["/a", "/b"]' }, { workspace_roots: ['/a', '/b'] }],
    [
      { BRIDGE_MCP_SERVERS: '{"n": {"url": "http://localhost"}}' },
      { mcp_servers: { n: { url: 'http://localhost' } } },
    ],
    [{ BRIDGE_QUIET_HOURS: '["* 9-17 * * *"]' }, { quiet_hours: ['* 9-17 * * *'] }],
    [{ BRIDGE_USAGE_RESERVE_PERCENT: '12.5' }, { usage_reserve_percent: 12.5 }],
    [{ BRIDGE_KEEP_AWAKE: 'false' }, { keep_awake: false }],
    [{ BRIDGE_HEARTBEAT_URL: 'https://hc.example/5f3a' }, { heartbeat_url: 'https://hc.example/5f3a' }],
    [{ BRIDGE_HEARTBEAT_INTERVAL: '1m' }, { heartbeat_interval: 60_000 }],
    [{ BRIDGE_LOG_LEVEL: 'warn' }, { log_level: 'warn' }],
    [{ BRIDGE_RESUME_NOT_BEFORE: '07:00' }, { resume_not_before: '07:00' }],
  ])('the environment overrides the file: %j', (env, expected) => {
    expect(load({ concurrency: 3, model: 'haiku' }, env)).toMatchObject(expected);
  });

  test('the environment overrides key by key: the rest is as in the file, with what is wrong there', () => {
    expect(load({ concurrency: 'many', model: 'haiku' }, { BRIDGE_CONCURRENCY: '4' })).toMatchObject({
      concurrency: 4,
      model: 'haiku',
    });
    expect(problem({ model: 5 }, { BRIDGE_CONCURRENCY: '4' })).toContain("config.json: 'model'");
  });

  test('an empty variable overrides nothing', () => {
    expect(load({ concurrency: 3 }, { BRIDGE_CONCURRENCY: '', BRIDGE_MODEL: '' })).toEqual({
      ...load(),
      concurrency: 3,
    });
  });

  test('variables of a run or of another program override nothing', () => {
    expect(
      load({}, { BRIDGE_RUN_ID: 'x', BRIDGE_PROJECT_ID: 'y', BRIDGE_HOME: home, BRIDGE_OTHER: 'z' }),
    ).toEqual(load());
  });

  test.each<[Environment, string]>([
    [{ BRIDGE_PERMISSION_MODE: 'yolo' }, "BRIDGE_PERMISSION_MODE: 'permission_mode' must be one of"],
    [{ BRIDGE_CONCURRENCY: '0' }, "BRIDGE_CONCURRENCY: 'concurrency' must be at least 1"],
    [
      { BRIDGE_CONCURRENCY: 'four' },
      "BRIDGE_CONCURRENCY: 'four' is not valid JSON; concurrency is not plain text, write it as in config.json.",
    ],
    [{ BRIDGE_WORKSPACES: '/a' }, "BRIDGE_WORKSPACES: '/a' is not valid JSON; workspaces is not plain text"],
    [
      { BRIDGE_WORKSPACE: 'here' },
      "BRIDGE_WORKSPACE: 'workspace' must be a name from 'workspaces' or an absolute",
    ],
  ])('a wrong variable is refused by its name: %j', (env, words) => {
    expect(problem({}, env)).toContain(words);
  });

  test('a wrong value is not shown whole: it may hold a token', () => {
    const said = problem({}, { BRIDGE_MCP_SERVERS: '{"notes": {"env":\n{"TOKEN": "secret"}},' });
    expect(said).toContain('BRIDGE_MCP_SERVERS');
    expect(said).not.toContain('secret');
  });
});

describe('state folder', () => {
  test('the state folder is .claude-bridge in the home folder, or the one that BRIDGE_HOME names', () => {
    expect(stateFolder({})).toBe(join(homedir(), '.claude-bridge'));
    expect(stateFolder({ BRIDGE_HOME: '' })).toBe(join(homedir(), '.claude-bridge'));
    expect(stateFolder({ BRIDGE_HOME: '/var/bridge' })).toBe(resolve('/var/bridge'));
    expect(stateFolder({ BRIDGE_HOME: '~/bridge' })).toBe(join(homedir(), 'bridge'));
  });

  test.each([
    'bridge',
    './bridge',
    `${'$'}{HOME}/.b`,
    '$HOME/.b',
    '%USERPROFILE%\\.b',
    '~ann/.b',
    `/home/${'$'}{USER}/.b`,
    ' ',
  ])('the state folder is refused where BRIDGE_HOME, %j, would mean another folder in another process', (name) => {
    expect(() => stateFolder({ BRIDGE_HOME: name })).toThrow(
      `BRIDGE_HOME must be an absolute path, and is '${name}'. Write it out in full`,
    );
  });
});

describe('schema for editors', () => {
  const schema = configJsonSchema() as z.core.JSONSchema.JSONSchema & {
    properties: Record<string, z.core.JSONSchema.JSONSchema>;
  };
  const accepts = (part: z.core.JSONSchema.JSONSchema, value: unknown) =>
    z.fromJSONSchema(part).safeParse(value).success;

  test('the schema takes what we take and refuses what we refuse', () => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(accepts(schema, {})).toBe(true);
    expect(accepts(schema, { concurrency: 3, run_timeout: '4h', workspaces: { a: '/a' } })).toBe(true);
    for (const wrong of [
      { colour: 'red' },
      { concurrency: 'many' },
      { run_timeout: 60 },
      { log_level: 'loud' },
    ]) {
      expect(accepts(schema, wrong), JSON.stringify(wrong)).toBe(false);
    }
  });

  test('the schema says of every key what it means, and shows defaults as they are written', () => {
    for (const [key, property] of Object.entries(schema.properties)) {
      if (key === '$schema') continue;
      expect(property.description, key).toMatch(/^[A-Z].*\.$/);
      if (property.default !== undefined) expect(accepts(property, property.default), key).toBe(true);
    }
  });
});
