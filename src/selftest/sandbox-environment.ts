/** The environment of everything in the sandbox, built from nothing so that no key or setting of the person gets in. */
import { delimiter, dirname, join } from 'node:path';
import type { Environment } from '../environment.ts';
import { simulatedClaudeEnvironment } from '../simulator/environment.ts';

export interface Places {
  /** The simulator. */
  readonly url: string;
  /** The state folder. */
  readonly state: string;
  /** Claude's home. */
  readonly homeDir: string;
  /** Path of the claude program. */
  readonly claude: string;
  /** Where programs are looked for, in the form of the PATH variable. */
  readonly path: string;
}

/** @param env The machine's; only the places of the system itself are taken from it. */
export function sandboxEnvironment(
  { url, state, homeDir, claude, path }: Places,
  env: Environment,
): Record<string, string> {
  return {
    ...simulatedClaudeEnvironment({ url, homeDir, path }),
    ...Object.fromEntries([TMPDIR, TEMP, TMP].map((name) => [name, homeDir])),
    ...Object.fromEntries(OF_WINDOWS.flatMap((name) => (env[name] ? [[name, env[name]]] : []))),
    BRIDGE_HOME: state,
    BRIDGE_CLAUDE: claude,
    // A sleep inhibitor outlives a killed supervisor for a moment.
    BRIDGE_KEEP_AWAKE: 'false',
  };
}

const [TMPDIR, TEMP, TMP] = ['TMPDIR', 'TEMP', 'TMP'];

/** Without the first no program on Windows can open a socket; the others say how programs and Git's bash are found. */
const OF_WINDOWS = ['SystemRoot', 'ComSpec', 'PATHEXT', 'CLAUDE_CODE_GIT_BASH_PATH'];

/** Our own Node, and what every system has. */
export function plainPath({ SystemRoot }: Environment): string {
  const system = SystemRoot
    ? [join(SystemRoot, 'System32'), SystemRoot]
    : ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];
  return [dirname(process.execPath), ...system].join(delimiter);
}
