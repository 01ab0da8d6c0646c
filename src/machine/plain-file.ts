/** Changing a file that is there, and certainly this one: in a folder that others could write, a link may be in its place. */
import { constants, type FileHandle, open } from 'node:fs/promises';

/**
 * Opens a plain file of our own user, not what a link leads to. Throws an error whose message says why it is another
 * one, or the system's.
 *
 * @param flags Such as `constants.O_RDWR`.
 */
export async function openPlainFile(path: string, flags: number): Promise<FileHandle> {
  // Without waiting: a pipe in its place has nobody at its other end. Windows has neither flag.
  const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const file = await open(path, flags | O_NOFOLLOW | O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ELOOP' ? new Error(`${path} is a link`) : error;
  });
  const found = await file.stat();
  const isOurs = process.getuid === undefined || found.uid === process.getuid();
  if (found.isFile() && found.nlink === 1 && isOurs) return file;
  await file.close();
  throw new Error(`${path} is not a plain file, is one with several names, or is somebody else's`);
}
