/** Measures the disk space that a folder uses, within limits. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';

export interface FolderSize {
  readonly bytes: number;
  readonly files: number;
  /** The measurement was cut short: the folder uses at least this much. */
  readonly cut: boolean;
}

const MAX_FILES = 100_000;
const MAX_MS = 5_000;

/** Follows no links. A file that cannot be read counts as empty. */
export async function folderSize(folder: string, clock: Clock, signal: AbortSignal): Promise<FolderSize> {
  const end = clock.monotonic() + MAX_MS;
  const queue = [folder];
  let [bytes, files] = [0, 0];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (signal.aborted || files > MAX_FILES || clock.monotonic() > end) return { bytes, files, cut: true };
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
    queue.push(...entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(next, name)));
  }
  return { bytes, files, cut: false };
}
