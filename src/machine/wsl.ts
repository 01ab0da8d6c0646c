/** The Windows Subsystem for Linux: a Linux whose person sits at Windows (https://learn.microsoft.com/windows/wsl). */
import { platform } from './platform.ts';

/** The name of the distribution we run in; undefined elsewhere. WSL gives it to every session. */
export function wslDistribution(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return platform === 'linux' ? env.WSL_DISTRO_NAME || undefined : undefined;
}
