import { delimiter } from 'node:path';
import { expect, test } from 'vitest';
import { captureEnvironment } from '../../src/claude/needed-environment.ts';
import { onWindows } from '../platform.ts';

test.for([
  'LANG',
  'LC_ALL',
  'TZ',
  'HTTP_PROXY',
  'http_proxy',
  'https_proxy',
  'NO_PROXY',
  'no_proxy',
  'ALL_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_BASE_URL',
  'CLAUDE_CONFIG_DIR',
  'CLAUDE_CODE_OAUTH_TOKEN',
  'CLAUDE_CODE_USE_BEDROCK',
  'DISABLE_TELEMETRY',
  'DISABLE_AUTOUPDATER',
  'MAX_THINKING_TOKENS',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'AWS_PROFILE',
  'AWS_REGION',
  'GOOGLE_APPLICATION_CREDENTIALS',
  'CLOUD_ML_REGION',
  'VERTEX_REGION_CLAUDE_HAIKU_4_5',
  'AZURE_TENANT_ID',
  'GH_TOKEN',
  'GITHUB_TOKEN',
])('the service needs %s of the environment', (name) => {
  expect(captureEnvironment({ [name]: 'value' }, [])).toEqual({ [name]: 'value' });
});

test.for([
  'CLAUDECODE',
  'CLAUDE_CODE_SESSION_ID',
  'CLAUDE_CODE_ENTRYPOINT',
  'CLAUDE_CODE_SSE_PORT',
  'CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR',
  'CLAUDE_PROJECT_DIR',
  'BRIDGE_HOME',
  'BRIDGE_RUN_ID',
  'BRIDGE_PROJECT_ID',
  'BRIDGE_CONCURRENCY',
  'HOME',
  'USER',
  'PWD',
  'EDITOR',
  'SSH_AUTH_SOCK',
  'BASH_ENV',
  'npm_config_cache',
])('the service does not need %s of the environment, unless it is asked for', (name) => {
  expect(captureEnvironment({ [name]: 'value' }, [])).toEqual({});
  expect(captureEnvironment({ [name]: 'value' }, [name])).toEqual({ [name]: 'value' });
});

test.skipIf(onWindows)('the search path (as on Unix) is taken without temporary folders', () => {
  const path = [
    '/work/site/node_modules/.bin',
    '/usr/lib/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin',
    '/home/ann/.npm/_npx/1a2b/node_modules/.bin',
    '/home/ann/.local/bin',
    '',
    'relative',
    '/usr/bin',
    '/home/ann/.local/bin',
  ].join(delimiter);
  const lasting = ['/home/ann/.local/bin', '/usr/bin'].join(delimiter);
  expect(captureEnvironment({ PATH: path }, [])).toEqual({ PATH: lasting });
  expect(captureEnvironment({ Path: path }, [])).toEqual({ PATH: lasting });
});

test('an empty value of the environment counts as none', () => {
  expect(captureEnvironment({ ANTHROPIC_API_KEY: '', TZ: undefined }, [])).toEqual({});
});
