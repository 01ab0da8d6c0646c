/** From an exception to one line on stderr and an exit code. */

import { ConfigError } from '../config-error.ts';
import { messageOf } from '../error-message.ts';
import { EXIT } from '../exit-codes.ts';
import { ExpectedError } from '../expected-error.ts';
import { EnvironmentFileError } from '../machine/service/environment-file.ts';
import { StoreError, type StoreProblem } from '../store/store-error.ts';
import { type Cli, fail } from './context.ts';
import { isAnswered, UsageError } from './terminal/usage.ts';

/** Prints one line on stderr and returns the exit code. */
export function explainError(cli: Cli, error: unknown): number {
  if (isAnswered(error)) return 0;
  if (error instanceof UsageError) {
    cli.out.failure(error.message);
    return EXIT.usage;
  }
  const debug = cli.env.BRIDGE_DEBUG === '1';
  const [summary, next] = explain(error, debug);
  fail(cli, summary, next);
  if (debug && error instanceof Error) cli.out.details(stackOf(error));
  return EXIT.failed;
}

/** With what it was caused by, where that is known. */
function stackOf(error: Error): string {
  const stack = error.stack ?? error.message;
  return error.cause instanceof Error ? `${stack}\nCaused by: ${stackOf(error.cause)}` : stack;
}

const PASSING: readonly StoreProblem[] = ['busy', 'full', 'failing', 'replaced'];

/** A restart will not help: a service manager must not try one. */
export function isPermanent(error: unknown): boolean {
  if (error instanceof ConfigError || error instanceof EnvironmentFileError) return true;
  return error instanceof StoreError && !PASSING.includes(error.problem);
}

function explain(error: unknown, debug: boolean): [summary: string, next: string] {
  if (error instanceof ExpectedError) return [error.message, ''];
  const message = messageOf(error);
  const details = debug ? '' : 'For details, run the same command with BRIDGE_DEBUG=1.';
  return [`unexpected error: ${message}`, details];
}
