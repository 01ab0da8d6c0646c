/** Folders of our own, and their permissions. */
import { constants } from 'node:fs';
import { access, chmod, stat } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { homeFolder } from '../home-path.ts';
import { makePrivateFolder } from '../make-folder.ts';
import { isWindows } from './platform.ts';

/** The null device of this platform. */
export const nullDevice = devNull;

/**
 * Makes sure that this folder exists, is writable, and is closed to other users (0700; Windows keeps a user's folders
 * private by itself). Throws an error that names the folder, what is wrong, and what to do.
 */
export async function ensurePrivateFolder(path: string): Promise<void> {
  try {
    makePrivateFolder(path);
  } catch (thrown) {
    const error = thrown as NodeJS.ErrnoException;
    if (error.code === 'EEXIST' || error.code === 'ENOTDIR') {
      throw new Error(
        `${path} cannot be used as a folder: a file is in the way. Move the file, or choose another folder.`,
      );
    }
    throw new Error(
      `The folder ${path} could not be created (${error.code}). Create ${dirname(path)} with write access, or choose another folder.`,
    );
  }
  if (!isWindows) await closeToOthers(path);
  await access(path, constants.R_OK | constants.W_OK | constants.X_OK).catch(() => {
    throw new Error(
      `The folder ${path} is not writable for this user. Run: chmod u+rwx ${path}, or choose another folder.`,
    );
  });
}

async function closeToOthers(path: string): Promise<void> {
  const folder = await stat(path);
  if ((folder.mode & 0o077) === 0) return;
  // Other users need these folders: closing /tmp or a home folder would break more than it protects.
  if ([homeFolder(), tmpdir(), '/'].includes(resolve(path)) || folder.mode & 0o1000) {
    throw new Error(
      `${path} is shared with other users and must stay so. Choose a folder of its own, such as ${join(path, 'claude-bridge')}.`,
    );
  }
  await chmod(path, 0o700).catch(() => {
    throw new Error(
      `The folder ${path} can be read by other users and belongs to somebody else. Run: chmod 700 ${path}, or choose another folder.`,
    );
  });
}
