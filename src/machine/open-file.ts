/** Opens files that may be missing, or may be replaced by something else. */
import { constants, type FileHandle, open } from 'node:fs/promises';

/** Opens a file for reading; undefined when there is none. Throws the system's error when it cannot be read. */
export async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Opens a plain file that our own user owns, never what a link leads to: in a folder that others can write, a link may
 * stand in its place. Throws the system's error, or an error whose message says what the file is instead.
 *
 * @param flags Such as `constants.O_RDWR`.
 */
export async function openPlainFile(path: string, flags: number): Promise<FileHandle> {
  // O_NONBLOCK: opening a pipe would wait for its other end. Windows has neither flag.
  const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const file = await open(path, flags | O_NOFOLLOW | O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ELOOP' ? new Error(`${path} is a link`) : error;
  });
  const found = await file.stat();
  const isOurs = process.getuid === undefined || found.uid === process.getuid();
  if (found.isFile() && found.nlink === 1 && isOurs) return file;
  await file.close();
  throw new Error(`${path} is not a plain file, has several names, or belongs to somebody else`);
}
