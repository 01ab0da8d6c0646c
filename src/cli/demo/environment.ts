/** The environment of everything the demo starts: built from nothing, so that no key or setting of the person gets in. */
import { delimiter, dirname, join } from 'node:path';
import type { Environment } from '../../config.ts';
import { simulatedClaudeEnvironment } from '../../simulator/environment.ts';

export interface DemoPlaces {
  /** The simulator. */
  readonly url: string;
  /** The state folder. */
  readonly state: string;
  /** Claude's home. */
  readonly home: string;
  /** Path of the claude program. */
  readonly claude: string;
}

/** @param env The machine's; only where the system itself lies is taken from it. */
export function demoEnvironment(
  { url, state, home, claude }: DemoPlaces,
  env: Environment,
): Record<string, string> {
  const path = [dirname(process.execPath), ...systemFolders(env)].join(delimiter);
  return {
    ...simulatedClaudeEnvironment({ url, home, path }),
    ...Object.fromEntries([TMPDIR, TEMP, TMP].map((name) => [name, home])),
    ...Object.fromEntries(OF_WINDOWS.flatMap((name) => (env[name] ? [[name, env[name]]] : []))),
    BRIDGE_HOME: state,
    BRIDGE_CLAUDE: claude,
  };
}

const [TMPDIR, TEMP, TMP] = ['TMPDIR', 'TEMP', 'TMP'];

/** Without the first no program on Windows can open a socket; the others say how programs and Git's bash are found. */
const OF_WINDOWS = ['SystemRoot', 'ComSpec', 'PATHEXT', 'CLAUDE_CODE_GIT_BASH_PATH'];

function systemFolders({ SystemRoot }: Environment): string[] {
  return SystemRoot
    ? [join(SystemRoot, 'System32'), SystemRoot]
    : ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];
}
