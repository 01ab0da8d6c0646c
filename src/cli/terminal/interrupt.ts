/** Commands that go on until the person ends them. */
import { EXIT } from '../../exit-codes.ts';
import type { Cli } from '../context.ts';

/** Aborts on ctrl-c, which also sets the exit code, and when nobody reads the output any more. */
export function untilInterrupted(cli: Cli): AbortSignal {
  const interrupted = new AbortController();
  process.once('SIGINT', () => {
    cli.exitCode = EXIT.interrupted;
    interrupted.abort();
  });
  return AbortSignal.any([interrupted.signal, cli.out.readerGone]);
}
