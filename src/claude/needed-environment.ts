/** Of a person's environment, what claude needs where the person's shell is not: in a service. */

import { delimiter, isAbsolute, sep } from 'node:path';
import type { Environment } from '../environment.ts';
import { isOfAnOuterSession } from './environment.ts';

/** In either case: what they are for is not agreed upon (https://about.gitlab.com/blog/we-need-to-talk-no-proxy/). */
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

/** Switches and limits of Claude Code that do not bear its name (https://code.claude.com/docs/en/env-vars). */
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

/** `DISABLE_`: that somebody wants no telemetry holds in the service too. */
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
 * Search path, language, proxies, certificates, and the credentials and settings of Claude and of the clouds it may run
 * on; not what describes a session that is under way here. Empty values are left out.
 *
 * @param more Names of further variables to take.
 */
export function captureEnvironment(env: Environment, more: readonly string[]): Record<string, string> {
  const taken = Object.entries(env).flatMap(([name, value]): [string, string][] => {
    if (!value) return [];
    if (name.toUpperCase() === 'PATH') return [['PATH', lastingFolders(value)]];
    return more.includes(name) || isNeeded(name) ? [[name, value]] : [];
  });
  return Object.fromEntries(taken.filter(([, value]) => value !== ''));
}

/** Whatever a person has set for others too. */
const OF_THE_MACHINE = ['PATH', ...LANGUAGE_AND_CERTIFICATES, 'BRIDGE_CLAUDE'];

/**
 * Of what was captured, that which another user of the machine may have: no credentials, also not those of a proxy, and
 * nothing below the home folder.
 *
 * @param named What is meant for the other one by name.
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

/** npm puts folders before PATH for the time of its command: they are of a project, and not meant for anybody else. */
function lastingFolders(path: string): string {
  const ofNpm = [`${sep}node_modules${sep}.bin`, `${sep}node-gyp-bin`];
  const folders = path.split(delimiter).filter((folder) => isAbsolute(folder));
  return [...new Set(folders)]
    .filter((folder) => !ofNpm.some((end) => folder.endsWith(end)) && !folder.includes(`${sep}_npx${sep}`))
    .join(delimiter);
}
