/** Opens a file to read it: a regular one, whatever is in its place by then. */
import { type BigIntStats, constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { ok, type Result, refuse } from '../result.ts';
import { type Located, locate } from './locate.ts';
import type { SharedFolder } from './shared-folder.ts';
import { shownPath } from './shown-path.ts';

/** Finds a file, opens it, lets `work` read it, and closes it. Refuses as `openPlain` does; throws the system's error. */
export async function readPlain<T>(
  root: SharedFolder,
  path: string,
  work: (file: FileHandle, size: number) => Promise<Result<T>>,
): Promise<Result<T>> {
  const found = await locate(root, path);
  if (!found.ok) return found;
  await using located = found.value;
  const opened = await openPlain(located, path);
  if (!opened.ok) return opened;
  await using file = opened.value.handle;
  return await work(file, Number(opened.value.stats.size));
}

/** Refuses what is not there and what is no file: a pipe would wait, a device would answer for ever. Throws the system's error. */
export async function openPlain(
  { folder, name, stats }: Located,
  path: string,
): Promise<Result<{ readonly handle: FileHandle; readonly stats: BigIntStats }>> {
  const problem = whyNoFile(stats, path);
  if (problem !== undefined) return refuse(problem);
  const handle = await folder.openFile(name, constants.O_RDONLY);
  const opened = await handle.stat({ bigint: true });
  const swapped = whyNoFile(opened, path);
  if (swapped === undefined) return ok({ handle, stats: opened });
  await handle.close();
  return refuse(swapped);
}

/** Undefined for a regular file. */
export function whyNoFile(stats: BigIntStats | undefined, path: string): string | undefined {
  if (stats === undefined) return `ENOENT: no such file or directory: ${shownPath(path)}`;
  if (stats.isFile()) return undefined;
  return stats.isDirectory()
    ? `EISDIR: ${shownPath(path)} is a directory`
    : `${shownPath(path)} is no regular file, but ${kindOf(stats)}: it is not opened`;
}

function kindOf(stats: BigIntStats): string {
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  if (stats.isSymbolicLink()) return 'a symbolic link';
  return 'a device';
}
