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

/** The absolute path of what a person has written: with `~`, or relative to the working folder. */
export function absolutePath(path: string): string {
  return resolve(expandHome(path));
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
