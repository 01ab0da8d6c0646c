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
 * Ends this process, with a line in `logFile` and on stderr, when its event loop stands still for `timeoutMs`; time in
 * which the whole process stood still, as in a suspended machine, does not count. Keeps no process alive.
 *
 * @param onLost The thread itself has failed: nothing watches any more.
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
    // It holds a number and a timer; without a limit its heap would be laid out for a program.
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

/** Beside this file: in the source as TypeScript, in the build as an entry of its own in the folder of the chunks. */
function threadFile(): URL {
  return new URL(`./loop-watchdog-thread${extname(import.meta.url)}`, import.meta.url);
}
