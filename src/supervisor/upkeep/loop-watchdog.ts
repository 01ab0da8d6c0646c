/**
 * Watches our own event loop. A blocked loop can neither renew the lease nor report itself: a thread beside it ends the
 * process, the service manager restarts it, and the next supervisor adopts running work.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { WatchdogData } from './loop-watchdog-thread.ts';

export interface LoopWatchdog {
  close(): Promise<void>;
}

const SAMPLES_PER_TIMEOUT = 12;

/**
 * Kills this process, with a line in `logFile` and on stderr, when its event loop is blocked for `timeoutMs`. Time in
 * which the whole process was suspended does not count. Does not keep the process alive.
 *
 * @param onLost Called when the thread itself has failed: nothing watches the loop any more.
 */
export function watchLoop(
  options: { readonly timeoutMs: number; readonly logFile: string },
  onLost: (error: Error) => void,
): LoopWatchdog {
  const pulse = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const everyMs = options.timeoutMs / SAMPLES_PER_TIMEOUT;
  const workerData: WatchdogData = { ...options, pulse, everyMs };
  const worker = new Worker(threadFile(), {
    workerData,
    name: 'loop-watchdog',
    // The thread holds a number and a timer; without a limit its heap would have the size for a whole program.
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  });
  worker.on('error', onLost);
  worker.unref();
  const cell = new Int32Array(pulse);
  const beat = setInterval(() => Atomics.add(cell, 0, 1), everyMs).unref();
  return {
    async close() {
      clearInterval(beat);
      await worker.terminate();
    },
  };
}

/** Beside this file: as TypeScript in the source, and as an entry of its own among the chunks of the build. */
function threadFile(): URL {
  return new URL(`./loop-watchdog-thread${extname(import.meta.url)}`, import.meta.url);
}
