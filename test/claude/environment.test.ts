import { describe, expect, test } from 'vitest';
import { claudeEnvironment } from '../../src/claude/environment.ts';

const run = { id: 'a1b2c3d4e5f6', projectId: 'b1b2c3d4e5f6' };
const environment = (env: Record<string, string | undefined> = {}) => claudeEnvironment(env, run);

describe('environment that Claude inherits', () => {
  const INHERITED = {
    PATH: '/usr/bin',
    HOME: '/home/me',
    USER: 'me',
    LANG: 'de_DE.UTF-8',
    SSH_AUTH_SOCK: '/run/ssh',
    ANTHROPIC_API_KEY: 'key',
    ANTHROPIC_AUTH_TOKEN: 'token',
    ANTHROPIC_BASE_URL: 'https://gateway.example',
    ANTHROPIC_MODEL: 'opus',
    CLAUDE_CODE_OAUTH_TOKEN: 'token',
    CLAUDE_CONFIG_DIR: '/config',
    CLAUDE_CODE_USE_BEDROCK: '1',
    CLAUDE_CODE_USE_VERTEX: '1',
    AWS_PROFILE: 'work',
    GOOGLE_APPLICATION_CREDENTIALS: '/key.json',
    HTTPS_PROXY: 'http://proxy:3128',
    https_proxy: 'http://proxy:3128',
    NO_PROXY: '127.0.0.1',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
  };

  test.each(Object.entries(INHERITED))('Claude inherits %s', (name, value) => {
    expect(environment(INHERITED)[name]).toBe(value);
  });
});

describe('environment that Claude does not inherit', () => {
  test.each([
    'BRIDGE_HOME',
    'BRIDGE_CLAUDE',
    'BRIDGE_MODEL',
    'CLAUDECODE',
    'CLAUDE_CODE_SESSION_ID',
    'CLAUDE_CODE_ENTRYPOINT',
    'CLAUDE_CODE_CHILD_SESSION',
    'CLAUDE_CODE_MESSAGING_SOCKET',
    'CLAUDE_CODE_SSE_PORT',
    'CLAUDE_PROJECT_DIR',
    'CLAUDE_PID',
    'AI_AGENT',
  ])('Claude does not inherit %s', (name) => {
    expect(environment({ [name]: 'of another session' })).not.toHaveProperty(name);
  });
});

test('every process of a run carries its mark, whatever run we are in ourselves', () => {
  expect(environment({ BRIDGE_RUN_ID: 'outer', BRIDGE_PROJECT_ID: 'outer' })).toMatchObject({
    BRIDGE_RUN_ID: run.id,
    BRIDGE_PROJECT_ID: run.projectId,
  });
});

test('background tasks are off when a turn is over, whatever the person’s own setting', () => {
  const attended = {
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '0',
    CLAUDE_CODE_DISABLE_CRON: '',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: undefined,
    DISABLE_AUTOUPDATER: '0',
  };
  for (const env of [{}, attended]) {
    expect(environment(env)).toMatchObject({
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
      CLAUDE_CODE_DISABLE_CRON: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
    });
  }
});

test('timeouts for the service and for MCP servers are defaults that the person may change', () => {
  expect(environment()).toMatchObject({
    CLAUDE_CODE_MAX_RETRIES: '5',
    MCP_TIMEOUT: '30000',
    MCP_CONNECT_TIMEOUT_MS: '30000',
  });
  expect(environment({ CLAUDE_CODE_MAX_RETRIES: '0', MCP_TIMEOUT: '5000' })).toMatchObject({
    CLAUDE_CODE_MAX_RETRIES: '0',
    MCP_TIMEOUT: '5000',
  });
});

test('no variable of this process gets in by itself', () => {
  expect(Object.keys(environment()).sort()).toEqual([
    'BRIDGE_PROJECT_ID',
    'BRIDGE_RUN_ID',
    'CLAUDE_CODE_ADDITIONAL_DIRECTORIES_CLAUDE_MD',
    'CLAUDE_CODE_DISABLE_BACKGROUND_TASKS',
    'CLAUDE_CODE_DISABLE_CRON',
    'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC',
    'CLAUDE_CODE_MAX_RETRIES',
    'CLAUDE_CODE_STREAM_EVENT_HOLD_MS',
    'DISABLE_AUTOUPDATER',
    'MCP_CONNECT_TIMEOUT_MS',
    'MCP_TIMEOUT',
  ]);
});
