/**
 * Creates files that hold everything a person sent. They are for their owner alone, whatever the umask; whole and on
 * disk before they get their name; and never replace a file that somebody else put there.
 */

import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DATABASE_NAME } from '../../state-folder.ts';

/**
 * Creates an empty file beside `file`. Its name is unpredictable, so that nobody who can write to the folder can
 * prepare a trap.
 */
export function createDraft(file: string): string {
  const draft = `${file}.${randomUUID()}.tmp`;
  createPrivate(draft);
  return draft;
}

/** Creates an empty file. Throws the error of the system, EEXIST when the name is taken. */
export function createPrivate(file: string): void {
  const fd = openSync(file, 'wx', 0o600);
  try {
    // The umask may have removed rights.
    fchmodSync(fd, 0o600);
  } finally {
    closeSync(fd);
  }
}

/** Syncs a draft and gives it its name. Throws EEXIST when the name is taken; the draft then still exists. */
export function publish(draft: string, file: string): void {
  sync(draft, 'r+');
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!WITHOUT_LINKS.includes(codeOf(error))) throw error;
    // The name is reserved first, so that a file that appears meanwhile is not replaced.
    createPrivate(file);
    renameSync(draft, file);
  }
  rmSync(draft, { force: true });
  syncFolder(dirname(file));
}

/** Error codes of file systems without hard links: FAT, some network and FUSE ones. */
const WITHOUT_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** Makes the names in a folder survive a power loss, where a folder can be synced. */
export function syncFolder(folder: string): void {
  try {
    sync(folder, 'r');
  } catch (error) {
    if (!UNSYNCABLE.includes(codeOf(error))) throw error;
  }
}

/** Windows cannot open a folder, and some file systems cannot sync one. */
const UNSYNCABLE = ['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP'];

function sync(path: string, flags: string): void {
  const fd = openSync(path, flags);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * Removes the rights of other users on the database, its copies, `plans/` and `status/`: older versions left these to
 * the umask. Files of another user, or on a read-only disk, stay as they are. Works by name: to open and close a
 * database would release the locks that this process has on it
 * (https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
 */
export function closeToOthers(stateDir: string): void {
  if (process.getuid === undefined) return;
  for (const name of readdirSync(stateDir)) {
    if (!name.startsWith(DATABASE_NAME) && name !== 'plans' && name !== 'status') continue;
    const path = join(stateDir, name);
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
    if ((mode & 0o077) === 0) continue;
    try {
      chmodSync(path, mode & 0o700);
    } catch {
      // The state folder itself is closed to others.
    }
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
