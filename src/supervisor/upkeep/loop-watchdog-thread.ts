/** The thread of the loop watchdog. It shares one number with the loop it watches, and nothing else. */
import { write } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { workerData } from 'node:worker_threads';
import { systemClock } from '../../clock.ts';
import { renderLine } from '../../log-line.ts';
import { observe, type Sample } from './stall-detector.ts';

/** `workerData` of the thread. */
export interface WatchdogData {
  /** One 32-bit number that the loop increments. */
  readonly pulse: SharedArrayBuffer;
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** The file that gets the reason before the process ends. */
  readonly logFile: string;
}

/** Not process.stderr: in a thread, it is a stream that the blocked loop would have to flush. */
const STDERR = 2;

const { pulse, everyMs, timeoutMs, logFile } = workerData as WatchdogData;
const { monotonic, now, sleep } = systemClock;
const cell = new Int32Array(pulse);

let sample: Sample = { pulse: Atomics.load(cell, 0), at: monotonic(), stillMs: 0 };
while (sample.stillMs < timeoutMs) {
  await sleep(everyMs);
  sample = observe(sample, Atomics.load(cell, 0), monotonic(), everyMs);
}
// The cause, such as a disk that does not respond, may block this write too: it gets one second.
await Promise.race([reportStall(sample.stillMs), sleep(1_000)]);
process.kill(process.pid, 'SIGKILL');

async function reportStall(stillMs: number): Promise<void> {
  const line = renderLine({
    time: now(),
    level: 'error',
    event: 'supervisor.stuck',
    fields: { pid: process.pid, seconds: Math.round(stillMs / 1_000) },
    message: 'event loop blocked; exiting. Running work continues and is adopted at the next start',
  });
  await Promise.allSettled([appendFile(logFile, line), promisify(write)(STDERR, line)]);
}
