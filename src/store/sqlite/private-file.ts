/**
 * Files that hold everything a person sent: for their owner alone whatever the umask, whole and on disk before they get
 * their name, and never in the place of a file that somebody else put there.
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

/** A new, empty file in the folder of `file`. Its name cannot be foreseen: in a folder of others nothing lies in wait. */
export function createDraft(file: string): string {
  const draft = `${file}.${randomUUID()}.tmp`;
  createPrivate(draft);
  return draft;
}

/** Creates an empty file. Throws the system's error, EEXIST when there is something of that name. */
export function createPrivate(file: string): void {
  const fd = openSync(file, 'wx', 0o600);
  try {
    // The umask can only have taken rights away.
    fchmodSync(fd, 0o600);
  } finally {
    closeSync(fd);
  }
}

/** Gives a draft its name. Throws EEXIST when something has that name by now; the draft is then still there. */
export function publish(draft: string, file: string): void {
  sync(draft, 'r+');
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!WITHOUT_LINKS.includes(codeOf(error))) throw error;
    // The name is taken first, so that what takes it meanwhile is not replaced.
    createPrivate(file);
    renameSync(draft, file);
  }
  rmSync(draft, { force: true });
  syncFolder(dirname(file));
}

/** What file systems without hard links answer: FAT, some network and FUSE ones. */
const WITHOUT_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** Makes the names in a folder outlast a power loss, where a folder can be synced at all. */
export function syncFolder(folder: string): void {
  try {
    sync(folder, 'r');
  } catch (error) {
    if (!UNSYNCABLE.includes(codeOf(error))) throw error;
  }
}

/** Windows opens no folder, and some file systems sync none. */
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
 * Takes from other users what they may do with the database, its copies, `plans/` and `status/` of a state folder: older
 * versions left it to the umask. What is another user's, or on a disk that cannot be written, stays as it is. By name:
 * to open and close a database would give up the locks that this process has on it
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
      // The folder itself is closed to others.
    }
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
