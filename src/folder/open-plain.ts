/** Opens a file to read it: a regular one, whatever is in its place by then. */
import { type BigIntStats, constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { ok, type Result, refuse } from '../result.ts';
import type { Located } from './locate.ts';
import { shownPath } from './shown-path.ts';

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
