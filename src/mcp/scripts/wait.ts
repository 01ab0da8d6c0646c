/** How long a call waits for what takes its time. */
import type { Call } from '../define-tool.ts';

/** Desktop gives up a call after 60 seconds in some versions (https://github.com/anthropics/claude-code/issues/22542). */
const MAX_SILENT_S = 25;
/** A client that shows progress sees a sign of life this often. */
const PROGRESS_MS = 5_000;

/**
 * Waits for what `look` finds, as long as a client bears it: one that is shown progress waits as long as it wants to.
 *
 * @param look Finds at once, or after that many milliseconds at the latest.
 */
export async function waitPatiently<T>(
  seconds: number,
  { clock, signal, takesProgress, progress }: Pick<Call, 'clock' | 'signal' | 'takesProgress' | 'progress'>,
  look: (waitMs: number) => Promise<T>,
  isFound: (found: T) => boolean,
): Promise<T> {
  const totalMs = Math.min(seconds, takesProgress ? seconds : MAX_SILENT_S) * 1_000;
  const start = clock.monotonic();
  for (;;) {
    const doneMs = Math.min(clock.monotonic() - start, totalMs);
    await progress(Math.round(doneMs / 1_000), seconds);
    const found = await look(Math.min(totalMs - doneMs, PROGRESS_MS));
    if (isFound(found) || signal.aborted || doneMs >= totalMs) return found;
  }
}
