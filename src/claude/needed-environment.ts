/**
 * Captures the part of the environment of a person that claude needs in a service, where the shell of the person is
 * missing.
 */

import { delimiter, isAbsolute, sep } from 'node:path';
import type { Environment } from '../environment.ts';
import { isOfAnOuterSession } from './environment.ts';

/** In upper or lower case: programs do not agree on one (https://about.gitlab.com/blog/we-need-to-talk-no-proxy/). */
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'];

const LANGUAGE_AND_CERTIFICATES = [
  'LANG',
  'LANGUAGE',
  'TZ',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

const EXACT = [
  ...LANGUAGE_AND_CERTIFICATES,
  'CLAUDE_CONFIG_DIR',
  'CLOUD_ML_REGION',
  'GH_TOKEN',
  'GITHUB_TOKEN',
];

/** Switches and limits of Claude Code without its name in theirs (https://code.claude.com/docs/en/env-vars). */
const OF_CLAUDE = [
  'BASH_DEFAULT_TIMEOUT_MS',
  'BASH_MAX_OUTPUT_LENGTH',
  'BASH_MAX_TIMEOUT_MS',
  'MAX_MCP_OUTPUT_TOKENS',
  'MAX_THINKING_TOKENS',
  'MCP_TIMEOUT',
  'MCP_TOOL_TIMEOUT',
  'USE_BUILTIN_RIPGREP',
];

/** `DISABLE_`: who wants no telemetry wants none in the service either. */
const PREFIXES = [
  'LC_',
  'ANTHROPIC_',
  'CLAUDE_CODE_',
  'DISABLE_',
  'OTEL_',
  'AWS_',
  'GOOGLE_',
  'VERTEX_',
  'AZURE_',
];

/**
 * The search path, language, proxies, certificates, and the credentials and settings of Claude and of the clouds it may
 * run on; not what describes the current session. Empty values are left out.
 *
 * @param more Names of further variables to capture.
 */
export function captureEnvironment(env: Environment, more: readonly string[]): Record<string, string> {
  const taken = Object.entries(env).flatMap(([name, value]): [string, string][] => {
    if (!value) return [];
    if (name.toUpperCase() === 'PATH') return [['PATH', lastingFolders(value)]];
    return more.includes(name) || isNeeded(name) ? [[name, value]] : [];
  });
  return Object.fromEntries(taken.filter(([, value]) => value !== ''));
}

/** Variables that another user may share. */
const OF_THE_MACHINE = ['PATH', ...LANGUAGE_AND_CERTIFICATES, 'BRIDGE_CLAUDE'];

/**
 * The part of `captured` that another user of the machine may have: no credentials, including those of a proxy, and
 * nothing below the home folder.
 *
 * @param named Variables to keep by name.
 */
export function ofTheMachine(
  captured: Readonly<Record<string, string>>,
  named: readonly string[],
  homeDir: string,
): Record<string, string> {
  const isBelowHome = (path: string) => path === homeDir || path.startsWith(homeDir + sep);
  const isFor = (name: string, value: string) =>
    (OF_THE_MACHINE.includes(name) && !isBelowHome(value)) ||
    name.startsWith('LC_') ||
    (PROXIES.includes(name.toUpperCase()) && !value.includes('@'));
  const path = captured.PATH?.split(delimiter).filter((folder) => !isBelowHome(folder));
  const kept = Object.entries(captured).filter(([name, value]) => named.includes(name) || isFor(name, value));
  return { ...Object.fromEntries(kept), ...(path ? { PATH: path.join(delimiter) } : {}) };
}

function isNeeded(name: string): boolean {
  if (isOfAnOuterSession(name) || name.endsWith('_FILE_DESCRIPTOR')) return false;
  return (
    EXACT.includes(name) ||
    OF_CLAUDE.includes(name) ||
    PROXIES.includes(name.toUpperCase()) ||
    PREFIXES.some((prefix) => name.startsWith(prefix))
  );
}

/** npm prepends folders of a project to PATH while its command runs. They mean nothing elsewhere. */
function lastingFolders(path: string): string {
  const ofNpm = [`${sep}node_modules${sep}.bin`, `${sep}node-gyp-bin`];
  const folders = path.split(delimiter).filter((folder) => isAbsolute(folder));
  return [...new Set(folders)]
    .filter((folder) => !ofNpm.some((end) => folder.endsWith(end)) && !folder.includes(`${sep}_npx${sep}`))
    .join(delimiter);
}
