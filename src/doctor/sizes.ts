/** How much room a folder takes, found out within bounds. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';

export interface Size {
  readonly bytes: number;
  readonly files: number;
  /** Not all of it was seen: it is at least this. */
  readonly cut: boolean;
}

const MOST_FILES = 100_000;
const LONGEST_MS = 5_000;

/** Links are not followed. What cannot be read counts as nothing. */
export async function folderSize(folder: string, clock: Clock, signal: AbortSignal): Promise<Size> {
  const end = clock.monotonic() + LONGEST_MS;
  const waiting = [folder];
  let [bytes, files] = [0, 0];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (signal.aborted || files > MOST_FILES || clock.monotonic() > end) return { bytes, files, cut: true };
    const entries = await readdir(next, { withFileTypes: true }).catch(() => []);
    const sizes = await Promise.all(
      entries
        .filter((entry) => entry.isFile())
        .map((entry) =>
          lstat(join(entry.parentPath, entry.name)).then(
            ({ size }) => size,
            () => 0,
          ),
        ),
    );
    bytes += sizes.reduce((sum, size) => sum + size, 0);
    files += sizes.length;
    waiting.push(...entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(next, name)));
  }
  return { bytes, files, cut: false };
}
