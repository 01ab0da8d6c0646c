/**
 * Opens an address in the browser of whoever sits before this machine, by the program that its system has for that. The
 * address is an argument: no shell reads it. Nothing of it is logged.
 */
import type { Environment } from '../environment.ts';
import { provideDescriptors } from './descriptors.ts';
import { isInDesktopSession } from './desktop-session.ts';
import { findExecutable } from './executable.ts';
import { platform as ownPlatform, type Platform } from './platform.ts';
import { systemProgram } from './windows-programs.ts';

interface OpenCall {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * What opens the address here; undefined where nobody would see it: over ssh, without a desktop session, or where no
 * program for it is installed.
 *
 * @param env The whole environment of the program.
 */
export function openCall(
  url: string,
  env: Environment,
  platform: Platform = ownPlatform,
): OpenCall | undefined {
  // Without a display xdg-open would start a browser of text (https://www.freedesktop.org/wiki/Software/xdg-utils/).
  if (!isInDesktopSession(env, platform)) return undefined;
  switch (platform) {
    case 'macos':
      return { command: '/usr/bin/open', args: [url] };
    case 'windows':
      return { command: systemProgram(env, 'rundll32.exe'), args: ['url.dll,FileProtocolHandler', url] };
    case 'linux':
    case 'other-unix': {
      const command = findExecutable('xdg-open', env.PATH);
      return command === undefined ? undefined : { command, args: [url] };
    }
  }
}

/**
 * Opens the address where somebody would see it. Resolves as soon as the program has started; a browser that it becomes
 * outlives us. Returns whether it has started.
 */
export async function openUrl(url: string, env: Environment): Promise<boolean> {
  const call = openCall(url, env);
  if (!call) return false;
  provideDescriptors();
  const { execa } = await import('execa');
  const started = execa(call.command, call.args, {
    env: { ...env },
    extendEnv: false,
    stdio: 'ignore',
    detached: true,
    cleanup: false,
    reject: false,
  });
  started.unref();
  if (started.pid !== undefined) return true;
  await started;
  return false;
}
