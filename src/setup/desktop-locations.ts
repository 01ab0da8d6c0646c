/** Where Claude Desktop's configuration file is. */

import { readdirSync, statSync } from 'node:fs';
import { join, win32 } from 'node:path';
import { configFolder } from '../home-path.ts';
import { type Platform, platform } from '../machine/platform.ts';

export interface System {
  readonly platform: Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The person's home folder. */
  readonly homeDir: string;
  /** Names in a folder; empty when there is none. */
  readonly list: (folder: string) => readonly string[];
  readonly isFile: (path: string) => boolean;
}

/** The file, or the candidates where it is not clear which one. */
export type DesktopLocation =
  | { readonly found: true; readonly file: string }
  | { readonly found: false; readonly candidates: readonly string[] };

/** The system we run on. */
export function thisSystem(env: System['env'], homeDir: string): System {
  return { platform, env, homeDir, list: namesIn, isFile };
}

const FILE = 'claude_desktop_config.json';

/**
 * The file that Claude Desktop reads on this system, whether it exists or not
 * (https://modelcontextprotocol.io/docs/develop/connect-local-servers). On Windows the installer makes a package since
 * February 2026. Windows keeps the file in a folder of the package, and Claude Desktop does not read one at the former
 * place (https://github.com/anthropics/claude-code/issues/26073).
 */
export function desktopLocation(system: System): DesktopLocation {
  const { env, homeDir } = system;
  if (system.platform === 'windows') return locationOnWindows(system);
  if (system.platform === 'macos')
    return { found: true, file: join(homeDir, 'Library', 'Application Support', 'Claude', FILE) };
  return { found: true, file: join(configFolder(env, homeDir), 'Claude', FILE) };
}

/** Prefers the package. Of several packages, left by former installations, takes the only one with a file. */
function locationOnWindows(system: System): DesktopLocation {
  const { env, homeDir } = system;
  const packages = win32.join(env.LOCALAPPDATA || win32.join(homeDir, 'AppData', 'Local'), 'Packages');
  const files = system
    .list(packages)
    .filter((name) => /^Claude_[^\\/]+$/i.test(name))
    .map((name) => win32.join(packages, name, 'LocalCache', 'Roaming', 'Claude', FILE));
  const written = files.filter(system.isFile);
  const [only, ...others] = written.length > 0 ? written : files;
  if (only !== undefined && others.length > 0) return { found: false, candidates: [only, ...others] };
  const classic = win32.join(env.APPDATA || win32.join(homeDir, 'AppData', 'Roaming'), 'Claude', FILE);
  return { found: true, file: only ?? classic };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
