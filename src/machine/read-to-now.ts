/** Reading what a process had written before somebody stops to read. */
import type { Readable } from 'node:stream';
import { nextTurn } from '../clock.ts';

/** More than a pipe of Linux holds (https://man7.org/linux/man-pages/man7/pipe.7.html): the rest was written later. */
const MAX_BYTES = 1_000_000;

/**
 * Waits until somebody else has read what is in the pipes of a process that has ended. A busy event loop comes to its
 * timers before it reads: a timer alone would give up output that has been there all the time.
 */
export async function readToNow(streams: readonly Readable[]): Promise<void> {
  const begun = bytesRead(streams);
  for (let before = -1; ; ) {
    const now = bytesRead(streams);
    if ((now === before && !streams.some(hasUntaken)) || now - begun > MAX_BYTES) return;
    before = now;
    // The first may come before the event loop looks at the pipes, the second comes after it.
    await nextTurn();
    await nextTurn();
  }
}

function bytesRead(streams: readonly Readable[]): number {
  return streams.reduce((sum, stream) => sum + (('bytesRead' in stream && Number(stream.bytesRead)) || 0), 0);
}

function hasUntaken({ readableLength, destroyed }: Readable): boolean {
  return readableLength > 0 && !destroyed;
}
