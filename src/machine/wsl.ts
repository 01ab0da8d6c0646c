/** The Windows Subsystem for Linux: a Linux whose person sits at Windows (https://learn.microsoft.com/windows/wsl). */
import { existsSync, readFileSync } from 'node:fs';
import { platform } from './platform.ts';

/**
 * The name of the distribution we run in; undefined where we are not in WSL. WSL gives it to the sessions that it
 * starts; a session of ssh or sudo has none, and then it is empty: the usual distribution.
 */
export function wslDistribution(env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (platform !== 'linux') return undefined;
  return env.WSL_DISTRO_NAME || (isWsl() ? '' : undefined);
}

/** A container has the same kernel, and not the folder of WSL's own sockets. */
function isWsl(): boolean {
  try {
    return existsSync('/run/WSL') && /microsoft/i.test(readFileSync('/proc/sys/kernel/osrelease', 'utf8'));
  } catch {
    return false;
  }
}
