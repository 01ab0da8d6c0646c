/** Waits for what is not in the store yet. */
import type { Bridge } from './bridge.ts';
import { databaseOf } from './open-bridge.ts';

/**
 * What `read` finds: at once when there is something, otherwise as soon as somebody commits it, and at the latest after
 * `waitMs`, or when `signal` aborts, whatever it is then.
 */
export async function untilFound<T>(
  bridge: Bridge,
  read: () => Promise<T>,
  isFound: (found: T) => boolean,
  { waitMs, signal }: { readonly waitMs: number; readonly signal?: AbortSignal | undefined },
): Promise<T> {
  const atOnce = await read();
  if (isFound(atOnce) || waitMs <= 0) return atOnce;

  const timeout = new AbortController();
  const stop = signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal;
  const feed = databaseOf(bridge).changes('anyone');
  void bridge.clock.sleep(waitMs, stop).then(() => timeout.abort());
  try {
    // Once more: what came before the feed was open does not wake it.
    let found = await read();
    while (!isFound(found) && !stop.aborted) {
      await feed.changed(stop);
      found = await read();
    }
    return found;
  } finally {
    timeout.abort();
    feed.close();
  }
}
