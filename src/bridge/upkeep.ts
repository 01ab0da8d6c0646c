/** Work that keeps something from growing, done now and then by whoever uses it: no supervisor is needed. */
import { isStoreError } from './bridge.ts';
import type { Bridge } from './open-bridge.ts';

/** So many writes, or so much time, after the last look. */
const WRITES_BETWEEN = 1_000;
const TIME_BETWEEN_MS = 3_600_000;

/**
 * A function to be called after each write: at the first, and then now and then, it does `work`. A failure of the store is left
 * to the next time: what was written is kept.
 */
export function upkeep({ clock }: Pick<Bridge, 'clock'>, work: () => Promise<unknown>): () => Promise<void> {
  let writes = WRITES_BETWEEN;
  let at = Number.NEGATIVE_INFINITY;
  return async () => {
    writes += 1;
    const now = clock.monotonic();
    if (writes < WRITES_BETWEEN && now - at < TIME_BETWEEN_MS) return;
    writes = 0;
    at = now;
    try {
      await work();
    } catch (error) {
      if (!isStoreError(error)) throw error;
    }
  };
}
