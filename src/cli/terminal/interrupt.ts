/** Commands that go on until the person ends them. */
import type { Cli } from '../context.ts';

/** As a shell reports a process that ctrl-c has ended. */
const INTERRUPTED = 130;

/** Aborts on ctrl-c, which also makes the exit code tell of it, and when nobody reads the output any more. */
export function untilInterrupted(cli: Cli): AbortSignal {
  const interrupted = new AbortController();
  process.once('SIGINT', () => {
    cli.exitCode = INTERRUPTED;
    interrupted.abort();
  });
  return AbortSignal.any([interrupted.signal, cli.out.readerGone]);
}
