/** The Windows Subsystem for Linux: the person works on Windows (https://learn.microsoft.com/windows/wsl). */
import { existsSync, readFileSync } from 'node:fs';
import { platform } from './platform.ts';

/**
 * The name of our WSL distribution; undefined outside WSL. WSL sets it in the sessions it starts. In a session of ssh
 * or sudo it is empty, which means the default distribution.
 */
export function wslDistribution(env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (platform !== 'linux') return undefined;
  return env.WSL_DISTRO_NAME || (isWsl() ? '' : undefined);
}

/** A container has the same kernel, but not the folder of WSL's own sockets. */
function isWsl(): boolean {
  try {
    return existsSync('/run/WSL') && /microsoft/i.test(readFileSync('/proc/sys/kernel/osrelease', 'utf8'));
  } catch {
    return false;
  }
}
