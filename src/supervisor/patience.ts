/**
 * Trouble with the store that passes: a full disk, a lock that another program holds, a disk that fails for a moment.
 * Nothing was changed by the attempt, so it is made again until it succeeds; nothing new is started meanwhile.
 */
import { isPassingTrouble } from '../bridge/bridge.ts';
import type { Context } from './context.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/** Does `work`, again and again while the trouble lasts. Any other error, and a stop, ends the patience. */
export async function patiently<T>(context: Context, work: () => Promise<T>): Promise<T> {
  const { clock, log, stopping } = context;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      const result = await work();
      if (wait > FIRST_WAIT_MS) log.info('store.available', {}, 'the store can be used again');
      return result;
    } catch (error) {
      if (!isPassingTrouble(error) || stopping.aborted) throw error;
      if (wait === FIRST_WAIT_MS) log.warn('store.unavailable', {}, (error as Error).message);
      await clock.sleep(wait, stopping);
    }
  }
}

/** Waits for the storing of a reading that a newer one follows: that it cannot be stored now is no trouble. */
export async function leniently(write: Promise<void>): Promise<void> {
  await write.catch((error: unknown) => {
    if (!isPassingTrouble(error)) throw error;
  });
}
