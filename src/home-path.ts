/** The person's home folder, and paths as a person writes them. Only here is it known what `~` and HOME mean. */
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join, resolve, sep } from 'node:path';

/**
 * The home folder of whoever runs this process: the one that HOME names (USERPROFILE on Windows), or the account's own
 * where that is empty or relative. Throws an error that says what to do where there is none.
 */
export function homeFolder(): string {
  for (const read of [homedir, () => userInfo().homedir]) {
    const folder = quietly(read);
    if (folder !== undefined && isAbsolute(folder)) return folder;
  }
  throw new Error('this account has no home folder. Set HOME to an absolute path.');
}

/** Gives `env` an absolute HOME where it has another one: what we start must not look for its files where it stands. */
export function correctHome(env: Record<string, string | undefined>): void {
  for (const name of ['HOME', 'USERPROFILE']) {
    const isWrong = env[name] !== undefined && !isAbsolute(env[name]) && !isOfWindows(env[name]);
    if (isWrong) env[name] = quietly(homeFolder) ?? env[name];
  }
}

/** The path with a `~` at its start replaced by the home folder; a shell leaves it alone behind `=` and in quotes. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') || path.startsWith(`~${sep}`)
    ? join(homeFolder(), path.slice(1))
    : path;
}

/** Where programs keep their settings; a relative XDG_CONFIG_HOME does not count (XDG Base Directory Specification). */
export function configFolder(env: Readonly<Record<string, string | undefined>>, homeDir: string): string {
  const named = env.XDG_CONFIG_HOME ?? '';
  return isAbsolute(named) ? named : join(homeDir, '.config');
}

/** The absolute path of what a person has written: with `~`, or relative to the working folder. */
export function absolutePath(path: string): string {
  return resolve(expandHome(path));
}

/**
 * Why a path is not taken as it is written: what a shell, another user's home or another system would make of it is
 * not known here. Null for a path that can be taken.
 */
export function whyNotMeant(path: string): string | null {
  if (path.trim() === '') return 'It must be a path.';
  if (/\$\{\w+\}|^\$\w+[\\/]|%\w+%/.test(path)) return 'Write it out in full: no variable in it is replaced.';
  if (/^~[^\\/]+[\\/]/.test(path))
    return "Write the home folder of somebody else out in full; './~…' is a file here.";
  if (isOfWindows(path) && sep === '/') return 'That is a path of Windows. In WSL, C:\\ is /mnt/c/.';
  return null;
}

/** USERPROFILE as Windows hands it to a Linux below it. */
function isOfWindows(path: string): boolean {
  return /^[A-Za-z]:[\\/]/.test(path);
}

/** Both readers throw for an account that the system does not list. */
function quietly(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
