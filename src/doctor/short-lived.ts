/** Finds files of a registered command that will soon be gone. */

import { isAbsolute } from 'node:path';
import { capitalize } from '../characters.ts';
import { guardAdvice, guardedBy } from '../machine/service/guarded-folders.ts';
import { shortLivedPath } from '../machine/short-lived-path.ts';
import { stablePath } from '../machine/stable-path.ts';
import { type Finding, type FindingFacts, ok, problem, warning } from './check.ts';
import type { DoctorContext } from './context.ts';

/**
 * A warning about the first file of a command that will not stay; undefined when all do.
 *
 * @param whose Where the command is registered, for a sentence.
 * @param registration Our command that registers it again.
 */
export function shortLivedPart(
  { env, homeDir }: Pick<DoctorContext, 'env' | 'homeDir'>,
  command: readonly string[],
  whose: string,
  registration: string,
): FindingFacts | undefined {
  const [shortLived] = command
    .filter((word) => isAbsolute(word))
    .flatMap((word) => shortLivedPath(word, homeDir) ?? []);
  if (!shortLived) return undefined;
  const hasLasting = stablePath(shortLived.path, { env, homeDir }) !== shortLived.path;
  return warning(
    shortLived.path,
    `${capitalize(whose)} starts a file that will not stay: ${shortLived.path} ${shortLived.fate}.`,
    {
      hint: hasLasting ? `${registration} writes a path that stays.` : shortLived.advice(registration),
    },
  );
}

/** Checks whether a service can start this command, now and later. */
export async function checkServiceCommand(
  machine: Pick<DoctorContext, 'env' | 'homeDir' | 'platform'>,
  command: readonly string[],
): Promise<Finding> {
  const check = 'service.program';
  const files = command.filter((word) => isAbsolute(word));
  for (const file of files) {
    const guard = await guardedBy(machine.platform, machine.homeDir, file);
    if (guard !== null) return { check, ...problem(file, guardAdvice(file, guard)) };
  }
  const shortLived = shortLivedPart(machine, command, 'the service', 'bridge-supervisor install');
  return { check, ...(shortLived ?? ok(files.at(-1) ?? '', `The service starts ${command.join(' ')}`)) };
}
