import type { Environment } from '../environment.ts';
import { platform as ownPlatform, type Platform } from './platform.ts';

/**
 * Whether somebody sits before this machine, in whose desktop session we are.
 *
 * @param env The whole environment.
 */
export function isInDesktopSession(env: Environment, platform: Platform = ownPlatform): boolean {
  // sshd sets it for what it starts (`man ssh`, ENVIRONMENT): with a display that is forwarded, too.
  if (env.SSH_CONNECTION) return false;
  return platform === 'macos' || platform === 'windows' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}
