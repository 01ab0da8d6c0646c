/** Which folder is at a path: another one that has taken its place is told from it, even under the same name. */
import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { foreignDisk } from './foreign-folder.ts';

/**
 * Names a folder for as long as a process works in it. Null on a network drive or one of a program: some of these number
 * their folders anew whenever they are asked. Throws as `stat` does.
 */
export async function folderIdentity(path: string): Promise<string | null> {
  if (await foreignDisk(path)) return null;
  return identityIn(await stat(path, { bigint: true }));
}

export type FolderFate = 'there' | 'gone' | 'replaced';

/**
 * What has become of the folder at `path` that had this identity; of one without, only whether a folder is there. One
 * that cannot be looked at counts as there.
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

/** The second: what stood above it is a file now. */
const GONE: readonly string[] = ['ENOENT', 'ENOTDIR'];

function identityIn({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}
