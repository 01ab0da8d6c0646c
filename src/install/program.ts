/** Whether what the service starts will still be there next week. */
import { isAbsolute } from 'node:path';
import { passingParts } from '../control/stable-command.ts';
import type { Platform } from '../machine/platform.ts';
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
  const [passing] = passingParts(entry, home);
  if (!passing) return ok('program', paths.join(' '));
  return warning('program', `${passing.path} ${passing.fate}`, passing.advice('bridge-supervisor install'));
}
