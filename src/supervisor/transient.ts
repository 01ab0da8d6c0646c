/**
 * Transient errors of the store or the machine: a full disk, a lock that another program holds, a disk that fails for a
 * moment, no more open files. The attempt changed nothing, so it is retried until it succeeds; nothing new is started
 * meanwhile. And which errors end the supervisor.
 */
import { isPassingTrouble, isStoreTrouble } from '../bridge/bridge.ts';
import { LeaseLost } from '../bridge/lease.ts';
import { isMachineTrouble } from '../machine/transient-error.ts';
import type { Context } from './context.ts';

const MIN_WAIT_MS = 500;
const MAX_WAIT_MS = 15_000;

/**
 * Whether this error ends the supervisor: it cannot use its store, or another supervisor has the lease. Any other error
 * in the start, the watching or the end of a run is that run's alone.
 */
export function endsSupervisor(error: unknown): boolean {
  return isStoreTrouble(error) || error instanceof LeaseLost;
}

/** Retries `work` while it throws transient errors, with growing pauses. Throws any other error, and any once stopping. */
export async function retryTransient<T>(context: Context, work: () => Promise<T>): Promise<T> {
  const { clock, log, stopping } = context;
  let failing = 'store';
  for (let wait = MIN_WAIT_MS; ; wait = Math.min(wait * 2, MAX_WAIT_MS)) {
    try {
      const result = await work();
      if (wait > MIN_WAIT_MS) log.info(`${failing}.available`, {}, `the ${failing} can be used again`);
      return result;
    } catch (error) {
      const isPassing = isPassingTrouble(error) || isMachineTrouble(error);
      if (!isPassing || stopping.aborted) throw error;
      failing = isPassingTrouble(error) ? 'store' : 'machine';
      if (wait === MIN_WAIT_MS) log.warn(`${failing}.unavailable`, {}, (error as Error).message);
      await clock.sleep(wait, stopping);
    }
  }
}

/** Best-effort write of a value that is soon superseded: transient store errors are ignored. */
export async function ignoreTransient(write: Promise<void>): Promise<void> {
  await write.catch((error: unknown) => {
    if (!isPassingTrouble(error)) throw error;
  });
}
