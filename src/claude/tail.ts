/**
 * Follows a file that another process is writing, line by line. The file keeps the raw bytes; the lines are text. An
 * overlong line is dropped and counted, so that memory use stays flat.
 */
import { once } from 'node:events';
import { type FSWatcher, watch } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import { openIfThere } from '../machine/open-file.ts';
import { isResourceError } from '../machine/transient-error.ts';
import { LineSplitter } from './line-splitter.ts';

export interface Tail {
  /**
   * Yields each complete line from the start of the file. After `end()`, yields the rest and then finishes. A missing
   * file has no lines: someone may have removed the output of a run that is over.
   */
  lines(): AsyncGenerator<string>;
  /** The writer has exited: no more output will come. */
  end(): void;
  /** Where the line that was yielded last ends in the file, in bytes, right after its newline. */
  position(): number;
  /** How many bytes that line has, with its newline. */
  lineBytes(): number;
  /** How many overlong lines were dropped. */
  skipped(): number;
  /** Whether bytes without a final newline are left. Valid after the last line. */
  cut(): boolean;
}

const CHUNK = 256 * 1024;
const POLL_MS = 1_000;

/** Follows the file at `path`. Errors of the machine that may pass are retried until `end()`; any other is thrown. */
export function tailFile(path: string, clock: Clock): Tail {
  const ended = new AbortController();
  const splitter = new LineSplitter();
  let leftOver = false;
  return {
    end: () => ended.abort(),
    position: () => splitter.lineEnd,
    lineBytes: () => splitter.lineBytes,
    skipped: () => splitter.skipped,
    cut: () => leftOver,
    async *lines() {
      const file = await openWithRetry(path, clock, ended.signal);
      if (!file) {
        if (!ended.signal.aborted) await once(ended.signal, 'abort');
        return;
      }
      let wake: () => void = () => undefined;
      const watcher = watchFile(path, () => wake());
      // One for all reads: a new one each second keeps the garbage collector at work while nothing is written.
      const buffer = Buffer.alloc(CHUNK);
      try {
        for (;;) {
          const grown = new Promise<void>((resolve) => {
            wake = resolve;
          });
          // Checked before the read, so that everything written before the end is read.
          const last = ended.signal.aborted;
          try {
            yield* readNew(file, buffer, splitter);
          } catch (error) {
            // It continues at the same position once the machine can read again.
            if (last || !isResourceError(error)) throw error;
          }
          if (last) break;
          const waitEnded = new AbortController();
          await Promise.race([
            grown,
            clock.sleep(POLL_MS, AbortSignal.any([ended.signal, waitEnded.signal])),
          ]);
          waitEnded.abort();
        }
        leftOver = splitter.pending();
      } finally {
        watcher?.close();
        await file.close();
      }
    },
  };
}

async function openWithRetry(
  path: string,
  clock: Clock,
  ended: AbortSignal,
): Promise<FileHandle | undefined> {
  for (;;) {
    try {
      return await openIfThere(path);
    } catch (error) {
      if (ended.aborted || !isResourceError(error)) throw error;
      await clock.sleep(POLL_MS, ended);
    }
  }
}

async function* readNew(file: FileHandle, buffer: Buffer, splitter: LineSplitter): AsyncGenerator<string> {
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, splitter.position);
    if (bytesRead === 0) return;
    yield* splitter.push(buffer.subarray(0, bytesRead));
  }
}

function watchFile(path: string, onGrowth: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, { persistent: false }, onGrowth);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
