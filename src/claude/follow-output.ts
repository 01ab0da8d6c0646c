import { stat } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import type { RunLine } from '../project/run-item.ts';
import { readRunLines } from './run-items.ts';
import { tailFile } from './tail.ts';

const RETRY_MS = 1_000;

/**
 * What Claude writes into `file`, from the line after the position `after` on: as it comes, and until all of it is read once
 * `ended` aborts. A file that is not there yet is waited for. Throws the error of the system.
 */
export async function* followOutput(
  file: string,
  after: number,
  ended: AbortSignal,
  clock: Clock,
): AsyncGenerator<RunLine> {
  while (!ended.aborted && !(await stat(file).catch(() => undefined))) await clock.sleep(RETRY_MS, ended);
  const tail = tailFile(file, clock);
  const end = () => tail.end();
  ended.addEventListener('abort', end, { once: true });
  if (ended.aborted) end();
  try {
    yield* readRunLines(tail, after);
  } finally {
    ended.removeEventListener('abort', end);
  }
}
