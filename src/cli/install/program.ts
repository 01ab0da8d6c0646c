/** What the service starts, and whether that will still be there next week. */
import { isAbsolute } from 'node:path';
import type { Platform } from '../../machine/platform.ts';
import { environmentFileOf } from '../../machine/service/environment-file.ts';
import type { ServiceManager } from '../../machine/service/service.ts';
import { type Check, ok, warning } from './check.ts';
import { checkGuards } from './folders.ts';

/** The whole command line of the service. `entry` starts this command line, now and later. */
export function serviceCommand(
  entry: readonly string[],
  stateFolder: string,
  { kind }: Pick<ServiceManager, 'kind'>,
): string[] {
  const command = [...entry, 'run', '--quiet', '--environment', environmentFileOf(stateFolder)];
  // launchd knows no start limit, and starts again whatever does not end with 0.
  return kind === 'launchd' ? [...command, '--give-up'] : command;
}

export async function checkProgram(
  entry: readonly string[],
  platform: Platform,
  home: string,
): Promise<Check> {
  const paths = entry.filter((part) => isAbsolute(part));
  const guarded = await checkGuards(platform, home, 'program', paths);
  if (guarded) return guarded;
  const ofVersion = entry.find((path) => OF_A_VERSION.test(path));
  if (ofVersion === undefined) return ok('program', paths.join(' '));
  return warning(
    'program',
    `${ofVersion} goes when that version of Node is removed`,
    'After changing to another version run: bridge-supervisor install',
  );
}

/** nvm, fnm, volta, asdf, mise and nodenv keep each version in a folder of its name. */
const OF_A_VERSION = /[\\/]v?\d+\.\d+\.\d+[\\/]/;
