/** Whether what the service starts will still be there next week. */
import { isAbsolute } from 'node:path';
import type { Platform } from '../../machine/platform.ts';
import { type Check, ok, warning } from './check.ts';
import { checkGuards } from './folders.ts';

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
