/** The thread of the loop watchdog. It shares nothing with the loop it watches but one number. */
import { write } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { workerData } from 'node:worker_threads';
import { systemClock } from '../../clock.ts';
import { renderLine } from '../../log-line.ts';
import { observe, type Sample } from './stall-detector.ts';

/** `workerData` of the thread. */
export interface WatchdogData {
  /** One 32-bit number that the loop counts up. */
  readonly pulse: SharedArrayBuffer;
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** Where the reason is appended before the process ends. */
  readonly logFile: string;
}

/** Not process.stderr: in a thread, that is a stream which the loop has to empty. */
const STDERR = 2;

const { pulse, everyMs, timeoutMs, logFile } = workerData as WatchdogData;
const { monotonic, now, sleep } = systemClock;
const cell = new Int32Array(pulse);

let sample: Sample = { pulse: Atomics.load(cell, 0), at: monotonic(), stillMs: 0 };
while (sample.stillMs < timeoutMs) {
  await sleep(everyMs);
  sample = observe(sample, Atomics.load(cell, 0), monotonic(), everyMs);
}
// What blocks the loop may block this write too, such as a disk that does not answer: it gets a second.
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
