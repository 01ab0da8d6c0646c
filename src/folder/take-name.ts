/** Gives a file or folder a name that no other has: whatever is there by then stays. */
import { link, lstat, rename, rm } from 'node:fs/promises';
import type { Located } from './locate.ts';

/** A name in a folder, whether or not something has it. */
export type Place = Pick<Located, 'folder' | 'name'>;

/** Moves a file. False: something else has the name, and nothing was changed. Throws the system's error. */
export async function takeNameForFile(from: Place, to: Place): Promise<boolean> {
  try {
    // A second name cannot be that of another file, unlike with rename(2).
    await link(from.folder.at(from.name), to.folder.at(to.name));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (NO_SECOND_NAME.includes(code)) return takeName(from, to);
    throw error;
  }
  await rm(from.folder.at(from.name));
  return true;
}

/** Of file systems on which a file has one name, and across two of them. */
const NO_SECOND_NAME: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'];

/**
 * Moves whatever it is. Only an empty folder can be replaced this way, by a folder, when it appears between the two
 * calls. False: something else has the name, and nothing was changed. Throws the system's error.
 */
export async function takeName(from: Place, to: Place): Promise<boolean> {
  const there = await lstat(to.folder.at(to.name)).catch(() => undefined);
  if (there !== undefined) return false;
  await rename(from.folder.at(from.name), to.folder.at(to.name));
  return true;
}
