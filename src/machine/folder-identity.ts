/** Tells a folder from another one that has taken its place under the same name. */
import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { foreignDisk } from './foreign-folder.ts';

/**
 * Identifies a folder for as long as a process works in it. Null on a network drive or a FUSE file system: some of
 * them number their folders differently on every call. Throws as `stat` does.
 */
export async function folderIdentity(path: string): Promise<string | null> {
  if (await foreignDisk(path)) return null;
  return identityIn(await stat(path, { bigint: true }));
}

export type FolderFate = 'there' | 'gone' | 'replaced';

/**
 * What became of the folder at `path` that had this identity. Without an identity it only tells whether a folder is
 * there. A folder that cannot be read counts as there.
 */
export async function folderFate(path: string, identity: string | null): Promise<FolderFate> {
  try {
    const found = await stat(path, { bigint: true });
    if (!found.isDirectory()) return 'replaced';
    return identity === null || identity === identityIn(found) ? 'there' : 'replaced';
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return GONE.includes(code) ? 'gone' : 'there';
  }
}

/** ENOTDIR: a folder above it is a file now. */
const GONE: readonly string[] = ['ENOENT', 'ENOTDIR'];

function identityIn({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}
