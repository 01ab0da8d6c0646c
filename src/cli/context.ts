/** What every command is given, and the few things all of them do. */

import type { Host } from '../control/host.ts';
import { EXIT } from '../exit-codes.ts';
import type { Output } from './terminal/output.ts';

export interface Cli extends Host {
  readonly out: Output;
  /** What the process exits with. */
  exitCode: number;
}

/** Prints the error and makes the command fail. `next` is what to do about it. */
export function fail(cli: Cli, message: string, next = ''): void {
  const end = next !== '' && !/[.!?]$/.test(message) ? '.' : '';
  cli.out.failure(`${message}${end} ${next}`);
  cli.exitCode = EXIT.failed;
}
