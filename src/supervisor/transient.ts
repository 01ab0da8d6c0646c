/**
 * Retries transient errors of the store or the machine: a full disk, a lock of another program, a disk that fails for a
 * moment, no more open files. A failed attempt changed nothing, so it is retried until it succeeds; nothing new starts
 * meanwhile. Also says which errors end the supervisor.
 */
import { isStoreError, isTransientStoreError } from '../bridge/bridge.ts';
import { LeaseLost } from '../bridge/lease.ts';
import { isResourceError } from '../machine/transient-error.ts';
import type { Context } from './context.ts';

const MIN_WAIT_MS = 500;
const MAX_WAIT_MS = 15_000;

/**
 * Whether this error ends the supervisor: its store is unusable, or another supervisor has the lease. Any other error,
 * when a run starts, is watched or ends, affects that run only.
 */
export function endsSupervisor(error: unknown): boolean {
  return isStoreError(error) || error instanceof LeaseLost;
}

/**
 * Retries `work` on transient errors, with growing pauses. Throws any other error, and every error once the supervisor
 * is stopping.
 */
export async function retryTransient<T>(context: Context, work: () => Promise<T>): Promise<T> {
  const { clock, log, stopping } = context;
  let failing = 'store';
  for (let wait = MIN_WAIT_MS; ; wait = Math.min(wait * 2, MAX_WAIT_MS)) {
    try {
      const result = await work();
      if (wait > MIN_WAIT_MS) log.info(`${failing}.available`, {}, `the ${failing} is available again`);
      return result;
    } catch (error) {
      const isPassing = isTransientStoreError(error) || isResourceError(error);
      if (!isPassing || stopping.aborted) throw error;
      failing = isTransientStoreError(error) ? 'store' : 'machine';
      if (wait === MIN_WAIT_MS) log.warn(`${failing}.unavailable`, {}, (error as Error).message);
      await clock.sleep(wait, stopping);
    }
  }
}

/** Best-effort write of a value that is soon superseded: transient store errors are ignored. */
export async function ignoreTransient(write: Promise<void>): Promise<void> {
  await write.catch((error: unknown) => {
    if (!isTransientStoreError(error)) throw error;
  });
}
