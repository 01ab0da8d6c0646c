/** The environment of the sandbox's processes: built from nothing, so that no key or setting of the person gets in. */
import { delimiter, dirname, join } from 'node:path';
import type { Environment } from '../environment.ts';
import { findExecutable } from '../machine/executable.ts';
import { type SimulatedClaude, simulatedClaudeEnvironment } from '../simulator/environment.ts';

export interface Places {
  /** The simulator. */
  readonly url: string;
  readonly stateDir: string;
  /** Claude's home. */
  readonly homeDir: string;
  /** Path of the claude program. */
  readonly claude: string;
  /** Value of the PATH variable. */
  readonly path: string;
  /** How Claude signs in. Default: with an API key. */
  readonly login?: SimulatedClaude['login'];
}

/** @param env The machine's environment; only the folders of the system are taken from it. */
export function sandboxEnvironment(
  { url, stateDir, homeDir, claude, path, login }: Places,
  env: Environment,
): Record<string, string> {
  return {
    ...simulatedClaudeEnvironment({ url, homeDir, path, ...(login && { login }) }),
    ...Object.fromEntries([TMPDIR, TEMP, TMP].map((name) => [name, homeDir])),
    ...Object.fromEntries(OF_WINDOWS.flatMap((name) => (env[name] ? [[name, env[name]]] : []))),
    // The person's configuration of git is out of reach with another home, the machine's with this.
    GIT_CONFIG_NOSYSTEM: '1',
    BRIDGE_HOME: stateDir,
    BRIDGE_CLAUDE: claude,
    // A sleep inhibitor outlives a killed supervisor for a moment.
    BRIDGE_KEEP_AWAKE: 'false',
  };
}

const [TMPDIR, TEMP, TMP] = ['TMPDIR', 'TEMP', 'TMP'];

/** No program on Windows can open a socket without SystemRoot. The others say where programs and Git's bash are. */
const OF_WINDOWS = ['SystemRoot', 'ComSpec', 'PATHEXT', 'CLAUDE_CODE_GIT_BASH_PATH'];

/** A PATH with our own Node, the git of `env`, and the folders that every system has. */
export function plainPath(env: Environment): string {
  const { SystemRoot } = env;
  const git = findExecutable('git', env.PATH ?? env.Path);
  const system = SystemRoot
    ? [join(SystemRoot, 'System32'), SystemRoot]
    : ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];
  const folders = [dirname(process.execPath), ...(git === undefined ? [] : [dirname(git)]), ...system];
  return [...new Set(folders)].join(delimiter);
}
