/** The person's home folder, and paths as a person writes them. Only this file interprets `~` and HOME. */
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join, resolve, sep } from 'node:path';

/**
 * The home folder of the user who runs this process: HOME (USERPROFILE on Windows), or the account's own when that is
 * empty or relative. Throws an error that says what to do when there is none.
 */
export function homeFolder(): string {
  for (const read of [homedir, () => userInfo().homedir]) {
    const folder = quietly(read);
    if (folder !== undefined && isAbsolute(folder)) return folder;
  }
  throw new Error('this account has no home folder. Set HOME to an absolute path.');
}

/** Replaces a relative HOME in `env`: a child process must not look for its files in its current folder. */
export function correctHome(env: Record<string, string | undefined>): void {
  for (const name of ['HOME', 'USERPROFILE']) {
    const isWrong = env[name] !== undefined && !isAbsolute(env[name]) && !isOfWindows(env[name]);
    if (isWrong) env[name] = quietly(homeFolder) ?? env[name];
  }
}

/** Replaces a leading `~` by the home folder: a shell does not do so after `=` and in quotes. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') || path.startsWith(`~${sep}`)
    ? join(homeFolder(), path.slice(1))
    : path;
}

/** The folder for settings of programs. A relative XDG_CONFIG_HOME is ignored (XDG Base Directory Specification). */
export function configFolder(env: Readonly<Record<string, string | undefined>>, homeDir: string): string {
  const named = env.XDG_CONFIG_HOME ?? '';
  return isAbsolute(named) ? named : join(homeDir, '.config');
}

/** The absolute path for what a person wrote: with `~`, or relative to the working folder. */
export function absolutePath(path: string): string {
  return resolve(expandHome(path));
}

/**
 * Why a path cannot be used as written: it depends on a shell, another user's home or another system. Null for a usable
 * path.
 */
export function whyNotMeant(path: string): string | null {
  if (path.trim() === '') return 'It must be a path.';
  if (/\$\{\w+\}|^\$\w+[\\/]|%\w+%/.test(path)) return 'Write it out in full: no variable in it is replaced.';
  if (/^~[^\\/]+[\\/]/.test(path))
    return "Write the home folder of somebody else out in full; './~…' is a file here.";
  if (isOfWindows(path) && sep === '/') return 'That is a path of Windows. In WSL, C:\\ is /mnt/c/.';
  return null;
}

/** A path of Windows, such as a USERPROFILE that WSL passes on. */
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
