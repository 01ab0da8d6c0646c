/** What was written down to be started later, and will not be there for long. */
import { isAbsolute } from 'node:path';
import { lastingPath } from '../machine/lasting-path.ts';
import { passingPath } from '../machine/passing-path.ts';
import type { Patient } from './context.ts';
import { type Observation, warning } from './finding.ts';

/**
 * A warning for the first file of a command that will not stay; undefined when all do.
 *
 * @param whose What names the command, for a sentence.
 * @param again The command that writes it down again.
 */
export function passingIn(
  { env, personHome }: Pick<Patient, 'env' | 'personHome'>,
  command: readonly string[],
  whose: string,
  again: string,
): Observation | undefined {
  const [passing] = command
    .filter((word) => isAbsolute(word))
    .flatMap((word) => passingPath(word, personHome) ?? []);
  if (!passing) return undefined;
  const hasLasting = lastingPath(passing.path, { env, home: personHome }) !== passing.path;
  return warning(passing.path, `What ${whose} starts will not stay: ${passing.path} ${passing.fate}.`, {
    fix: hasLasting ? `${again} writes a name that stays.` : passing.advice(again),
  });
}
