/**
 * A folder that is held open, so that what is done in it happens there and nowhere else, whatever its path leads to by
 * then. Node has no calls relative to a folder, such as openat(2). Linux has the same by another way: a path through
 * `/proc/self/fd` begins at the open folder itself (https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html).
 *
 * Elsewhere a folder is held by its path, which is compared before and after a file in it is opened. Between two calls
 * somebody may still put a link into its place: what is written there can land outside.
 */
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { platform } from './platform.ts';

export interface PinnedFolder extends AsyncDisposable {
  /**
   * The path with which a call reaches an entry of the folder; `.` is the folder itself. Calls that follow links follow one
   * that the entry is.
   */
  at(name: string): string;
  /** Holds a folder in it. Throws the system's error: ENOTDIR or ELOOP for a link. */
  enter(name: string): Promise<PinnedFolder>;
  /**
   * Opens a file in it, never what a link leads to, and never waits for the other end of a pipe. Throws the system's error:
   * ELOOP for a link, also where the folder itself is no longer where it was.
   */
  openFile(name: string, flags: number, mode?: number): Promise<FileHandle>;
}

/** Holds a folder. Throws the system's error. @param path Without links. */
export async function pinFolder(path: string): Promise<PinnedFolder> {
  return platform === 'linux' ? pinByDescriptor(path) : pinByPath(path);
}

// Windows has none of these flags.
const { O_DIRECTORY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

async function pinByDescriptor(path: string): Promise<PinnedFolder> {
  const handle = await open(path, constants.O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  const self = `/proc/self/fd/${handle.fd}`;
  let isHeld = true;
  const at = (name: string) => {
    // The number of a descriptor that is closed may be that of another folder by now.
    if (!isHeld) throw new Error('the folder is not held any more');
    return `${self}/${name}`;
  };
  return {
    at,
    enter: (name) => pinByDescriptor(at(name)),
    openFile: (name, flags, mode) => open(at(name), flags | O_NOFOLLOW | O_NONBLOCK, mode),
    async [Symbol.asyncDispose]() {
      isHeld = false;
      await handle.close();
    },
  };
}

/** What {@link pinFolder} does where a descriptor leads nowhere. @param path Without links. */
export async function pinByPath(path: string): Promise<PinnedFolder> {
  const found = await lstat(path, { bigint: true });
  if (!found.isDirectory()) throw systemError('ENOTDIR', path);
  const isThere = async () =>
    (await realpath(path)) === path && isSame(await lstat(path, { bigint: true }), found);
  const at = (name: string) => join(path, name);
  return {
    at,
    enter: async (name) => {
      if (!(await isThere())) throw systemError('ELOOP', path);
      return pinByPath(at(name));
    },
    async openFile(name, flags, mode) {
      if (!(await isThere())) throw systemError('ELOOP', path);
      const link = await lstat(at(name)).catch(() => undefined);
      if (link?.isSymbolicLink()) throw systemError('ELOOP', path);
      const file = await open(at(name), flags | O_NOFOLLOW | O_NONBLOCK, mode);
      const isOurs = isSame(await stat(at(name), { bigint: true }), await file.stat({ bigint: true }));
      if (isOurs && (await isThere())) return file;
      await file.close();
      throw systemError('ELOOP', path);
    },
    async [Symbol.asyncDispose]() {},
  };
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}

function systemError(code: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
