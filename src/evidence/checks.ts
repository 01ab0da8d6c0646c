/** The owner's checks: one after another, each to its end, so that a person sees all that is red. */
import type { CheckResult } from '../project/evidence.ts';
import { type CommandOptions, type OwnersCommand, runCommand } from './command.ts';

export interface ChecksOptions extends Omit<CommandOptions, 'outputFile'> {
  /** Where the output of the check with this number is kept; the first has 1. */
  readonly outputFile: (number: number) => string;
  /** The files that changed since it was last asked. */
  readonly changedFiles: () => Promise<readonly string[]>;
  /** Called before each begins; what it throws is rethrown. */
  readonly begins?: ((check: OwnersCommand, number: number) => Promise<void>) | undefined;
}

/** Undefined when `signal` aborted. Throws what `permit`, `begins` and `changedFiles` throw. */
export async function runChecks(
  checks: readonly OwnersCommand[],
  options: ChecksOptions,
): Promise<CheckResult[] | undefined> {
  const results: CheckResult[] = [];
  for (const [index, check] of checks.entries()) {
    await options.begins?.(check, index + 1);
    const result = await runCommand(check, { ...options, outputFile: options.outputFile(index + 1) });
    if (result === undefined) return undefined;
    results.push({ ...result, changedFiles: await options.changedFiles() });
  }
  return results;
}
