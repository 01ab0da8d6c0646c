/** What the system knows of a file or folder. */
import { ok, type Result, refuse } from '../result.ts';
import { locate } from './locate.ts';
import type { SharedFolder } from './shared-folder.ts';
import { shownPath } from './shown-path.ts';

export interface FileInfo {
  /** In bytes. */
  readonly size: bigint;
  readonly created: Date;
  readonly modified: Date;
  readonly accessed: Date;
  readonly isDirectory: boolean;
  readonly isFile: boolean;
  /** The last three octal digits of the mode. */
  readonly permissions: string;
}

/** Of what a link leads to. Throws the system's error. */
export async function fileInfo(root: SharedFolder, path: string): Promise<Result<FileInfo>> {
  const found = await locate(root, path);
  if (!found.ok) return found;
  await using located = found.value;
  const { stats } = located;
  if (stats === undefined) return refuse(`ENOENT: no such file or directory: ${shownPath(path)}`);
  return ok({
    size: stats.size,
    created: stats.birthtime,
    modified: stats.mtime,
    accessed: stats.atime,
    isDirectory: stats.isDirectory(),
    isFile: stats.isFile(),
    permissions: stats.mode.toString(8).slice(-3),
  });
}
