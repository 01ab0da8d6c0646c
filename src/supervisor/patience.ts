/**
 * Trouble that passes, with the store or the machine: a full disk, a lock that another program holds, a disk that fails
 * for a moment, no more open files. Nothing was changed by the attempt, so it is made again until it succeeds; nothing
 * new is started meanwhile. And which trouble is so great that the supervisor ends for it.
 */
import { isPassingTrouble, isStoreTrouble } from '../bridge/bridge.ts';
import { LeaseLost } from '../bridge/lease.ts';
import { isMachineTrouble } from '../machine/passing-trouble.ts';
import type { Context } from './context.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/**
 * Whether this is the supervisor's end: it cannot use its store, or another one has it. Whatever else goes wrong in the
 * start, the watching or the end of one run is that run's trouble.
 */
export function endsSupervisor(error: unknown): boolean {
  return isStoreTrouble(error) || error instanceof LeaseLost;
}

/** Does `work`, again and again while the trouble lasts. Any other error, and a stop, ends the patience. */
export async function patiently<T>(context: Context, work: () => Promise<T>): Promise<T> {
  const { clock, log, stopping } = context;
  let what = 'store';
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      const result = await work();
      if (wait > FIRST_WAIT_MS) log.info(`${what}.available`, {}, `the ${what} can be used again`);
      return result;
    } catch (error) {
      const isPassing = isPassingTrouble(error) || isMachineTrouble(error);
      if (!isPassing || stopping.aborted) throw error;
      what = isPassingTrouble(error) ? 'store' : 'machine';
      if (wait === FIRST_WAIT_MS) log.warn(`${what}.unavailable`, {}, (error as Error).message);
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
