/** Reads the end of loop.log and follows it, across its rotated parts `loop.log.1` and so on. */

import { type FSWatcher, watch } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../clock.ts';
import { openIfThere } from '../machine/open-file.ts';

/** The position of a reader. */
export interface LogPlace {
  /** The file's identity, whatever its name is now; undefined when there was none. */
  readonly file: string | undefined;
  readonly offset: number;
}

/** The newest `count` lines, oldest first, and the place where `followLog` continues. */
export async function lastLogLines(
  path: string,
  count: number,
): Promise<{ lines: string[]; place: LogPlace }> {
  return withParts(path, async (parts) => {
    const [newest] = parts;
    if (!newest) return { lines: [], place: { file: undefined, offset: 0 } };
    const first = await readLines(newest, Math.max(0, newest.size - count * MAX_LINE_BYTES));
    const lines = lastOf(first.lines, count);
    for (const part of parts.slice(1)) {
      if (lines.length >= count) break;
      const older = await readLines(part, Math.max(0, part.size - count * MAX_LINE_BYTES));
      lines.unshift(...lastOf(older.lines, count - lines.length));
    }
    return { lines, place: { file: newest.file, offset: first.end } };
  });
}

/**
 * Passes every line after `place` to `onLine`, across rotations, until `signal` aborts. It holds no file open in
 * between, because Windows could not rotate an open file.
 */
export async function followLog(
  path: string,
  place: LogPlace,
  clock: Clock,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<void> {
  let current = place;
  while (!signal.aborted) {
    // Watching begins before reading, so that no change is missed.
    const changed = nextChange(path, clock, signal);
    current = await withParts(path, (parts) => readOn(parts, current, onLine));
    await changed;
  }
}

/** Reads the rest of the last file, then every newer one; when the last file is gone, the newest from its start. */
async function readOn(
  parts: readonly Part[],
  place: LogPlace,
  onLine: (line: string) => void,
): Promise<LogPlace> {
  let current = place;
  const known = parts.findIndex(({ file }) => file === place.file);
  for (const part of parts.slice(0, Math.max(known, 0) + 1).reverse()) {
    const goesOn = part.file === current.file && current.offset <= part.size;
    const { lines, end } = await readLines(part, goesOn ? current.offset : 0);
    current = { file: part.file, offset: end };
    for (const line of lines) onLine(line);
  }
  return current;
}

/** Each value in a line is cut at 4,000 characters when it is written. */
const MAX_LINE_BYTES = 20_000;

interface Part {
  readonly handle: FileHandle;
  readonly file: string;
  readonly size: number;
}

/**
 * Opens every part, newest first, while `work` runs. A rotation moves files to higher numbers: in this order a file may
 * appear twice, which is noticed, and none is missed. Meanwhile one number may be missing.
 */
async function withParts<T>(path: string, work: (parts: readonly Part[]) => Promise<T>): Promise<T> {
  const parts: Part[] = [];
  try {
    for (let number = 0, missing = 0; missing < 2; number++) {
      const handle = await openIfThere(number === 0 ? path : `${path}.${number}`);
      missing = handle ? 0 : missing + 1;
      if (!handle) continue;
      const { dev, ino, size } = await handle.stat({ bigint: true });
      const part = { handle, file: `${dev}:${ino}`, size: Number(size) };
      if (parts.some(({ file }) => file === part.file)) await handle.close();
      else parts.push(part);
    }
    return await work(parts);
  } finally {
    await Promise.all(parts.map(({ handle }) => handle.close()));
  }
}

/** The complete lines from an offset on, and the offset where the last one ends. */
async function readLines(part: Part, from: number): Promise<{ lines: string[]; end: number }> {
  const length = part.size - from;
  const { buffer, bytesRead } = await part.handle.read(Buffer.alloc(length), 0, length, from);
  const whole = buffer.subarray(0, buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1);
  return { lines: whole.toString('utf8').split('\n').slice(0, -1), end: from + whole.length };
}

function lastOf(lines: readonly string[], count: number): string[] {
  return count > 0 ? lines.slice(-count) : [];
}

/** A watch reports a change immediately, but not on every file system. */
const POLL_MS = 1_000;

async function nextChange(path: string, clock: Clock, signal: AbortSignal): Promise<void> {
  const seen = new AbortController();
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(dirname(path), () => seen.abort());
    watcher.on('error', () => undefined);
  } catch {
    // No folder yet, or no watches left: polling remains.
  }
  await clock.sleep(POLL_MS, AbortSignal.any([signal, seen.signal]));
  watcher?.close();
}
