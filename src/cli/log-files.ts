/** Reading loop.log together with the older parts of it, `loop.log.1` and so on: its end, and what is added to it. */
import { type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../clock.ts';

/** How far a reader has come. */
export interface LogPlace {
  /** Which file, whatever it is called by now; undefined when there was none. */
  readonly file: string | undefined;
  readonly offset: number;
}

/** The newest `count` lines, oldest first, and the place where `followLog` goes on. */
export async function lastLogLines(
  path: string,
  count: number,
): Promise<{ lines: string[]; place: LogPlace }> {
  const lines: string[] = [];
  let place: LogPlace = { file: undefined, offset: 0 };
  for (let number = 0; number === 0 || lines.length < count; number++) {
    const part = await readPart(path, number, (size) => Math.max(0, size - count * LONGEST_LINE));
    if (part === undefined) break;
    if (number === 0) place = { file: part.file, offset: part.end };
    const wanted = count - lines.length;
    lines.unshift(...(wanted > 0 ? part.lines.slice(-wanted) : []));
  }
  return { lines, place };
}

/**
 * Gives every line after `place` to `onLine`, across rotations, until `signal` aborts. No file is held open in between:
 * Windows could not rotate it then.
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
    // Listening begins before reading, so that nothing falls in between.
    const changed = nextChange(path, clock, signal);
    for (let number = await partNumber(path, current); number >= 0; number--) {
      const { file, offset } = current;
      const part = await readPart(path, number, (size, read) =>
        read === file && offset <= size ? offset : 0,
      );
      if (part === undefined) continue;
      current = { file: part.file, offset: part.end };
      for (const line of part.lines) onLine(line);
    }
    await changed;
  }
}

/** Lines are cut at some 4,000 characters a value when they are written. */
const LONGEST_LINE = 20_000;

interface Part {
  readonly file: string;
  readonly lines: string[];
  /** Where the last whole line ends. */
  readonly end: number;
}

/** The whole lines of one part, from the offset that `from` chooses on. Undefined when there is no such part. */
async function readPart(
  path: string,
  number: number,
  from: (size: number, file: string) => number,
): Promise<Part | undefined> {
  const handle = await openPart(path, number);
  if (!handle) return undefined;
  try {
    const { file, size } = await identityOf(handle);
    const start = from(size, file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    const bytes = buffer.subarray(0, buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1);
    const lines = bytes.toString('utf8').split('\n').slice(0, -1);
    return { file, lines, end: start + bytes.length };
  } finally {
    await handle.close();
  }
}

/** The number under which the file that was read last is found now; 0, the newest, when it is gone. */
async function partNumber(path: string, { file }: LogPlace): Promise<number> {
  for (let number = 0; ; number++) {
    const handle = await openPart(path, number);
    if (!handle) return 0;
    const found = await identityOf(handle).finally(() => handle.close());
    if (found.file === file) return number;
  }
}

async function openPart(path: string, number: number): Promise<FileHandle | undefined> {
  try {
    return await open(number === 0 ? path : `${path}.${number}`, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function identityOf(handle: FileHandle): Promise<{ file: string; size: number }> {
  const { dev, ino, size } = await handle.stat({ bigint: true });
  return { file: `${dev}:${ino}`, size: Number(size) };
}

/** A watch tells at once, where the file system tells at all. */
const POLL_MS = 1_000;

async function nextChange(path: string, clock: Clock, signal: AbortSignal): Promise<void> {
  const seen = new AbortController();
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(dirname(path), () => seen.abort());
    watcher.on('error', () => undefined);
  } catch {
    // No folder yet, or no watches left: the poll remains.
  }
  await clock.sleep(POLL_MS, AbortSignal.any([signal, seen.signal]));
  watcher?.close();
}
