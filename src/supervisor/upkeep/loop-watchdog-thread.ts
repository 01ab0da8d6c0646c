/** The thread of the loop watchdog. It shares nothing with the loop it watches but one number. */
import { write } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { workerData } from 'node:worker_threads';
import { systemClock } from '../../clock.ts';
import { renderLine } from '../../log-line.ts';
import { lookAgain, type Seen } from './stall-detector.ts';

/** What the thread is given. */
export interface Watched {
  /** One 32-bit number that the loop counts up. */
  readonly pulse: SharedArrayBuffer;
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** Where the last words are appended. */
  readonly logFile: string;
}

/** Not process.stderr: in a thread, that is a stream which the loop has to empty. */
const STDERR = 2;

const { pulse, everyMs, timeoutMs, logFile } = workerData as Watched;
const { monotonic, now, sleep } = systemClock;
const cell = new Int32Array(pulse);

let seen: Seen = { pulse: Atomics.load(cell, 0), at: monotonic(), stillMs: 0 };
while (seen.stillMs < timeoutMs) {
  await sleep(everyMs);
  seen = lookAgain(seen, Atomics.load(cell, 0), monotonic(), everyMs);
}
// What blocks the loop may block the writing too, such as a disk that does not answer: the end does not wait long.
await Promise.race([sayWhy(seen.stillMs), sleep(1_000)]);
process.kill(process.pid, 'SIGKILL');

async function sayWhy(stillMs: number): Promise<void> {
  const line = renderLine({
    time: now(),
    level: 'error',
    event: 'supervisor.stuck',
    fields: { pid: process.pid, seconds: Math.round(stillMs / 1_000) },
    message:
      'the event loop stood still, so the process ends itself; runs go on and are taken up at the next start',
  });
  await Promise.allSettled([appendFile(logFile, line), promisify(write)(STDERR, line)]);
}
