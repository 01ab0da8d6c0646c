/** The thread of the loop watchdog. It shares nothing with the loop it watches but one number. */
import { appendFile, write } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { renderLine } from '../log-line.ts';
import type { Watched } from './loop-watchdog.ts';

const { pulse, everyMs, timeoutMs, logFile } = workerData as Watched;
const cell = new Int32Array(pulse);

let seen = Atomics.load(cell, 0);
let stillMs = 0;
let lookedAt = performance.now();

const looking = setInterval(() => {
  const now = performance.now();
  // When this thread did not come to look either, the whole process stood still: that is nobody's fault.
  const passedMs = Math.min(now - lookedAt, 2 * everyMs);
  lookedAt = now;
  const pulseNow = Atomics.load(cell, 0);
  stillMs = pulseNow === seen ? stillMs + passedMs : 0;
  seen = pulseNow;
  if (stillMs >= timeoutMs) endProcess();
}, everyMs);

/** What blocks the loop may block the writing too, such as a disk that does not answer: the end does not wait long. */
function endProcess(): void {
  clearInterval(looking);
  const line = renderLine({
    time: new Date(),
    level: 'error',
    event: 'supervisor.stuck',
    fields: { pid: process.pid, seconds: Math.round(stillMs / 1_000) },
    message:
      'the event loop stood still, so the process ends itself; runs go on and are taken up at the next start',
  });
  setTimeout(end, 1_000);
  appendFile(logFile, line, () => write(2, line, end));
}

function end(): void {
  process.kill(process.pid, 'SIGKILL');
}
