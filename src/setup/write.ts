/** Carrying out what was thought out for a file, so that a crash at any moment leaves a whole file and the way back. */
import { readFile, rm, rmdir } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { writeAtomically } from '../machine/atomic-file.ts';
import { makePrivateFolder } from '../make-folder.ts';
import { type FileChange, isChange } from './change.ts';
import { keepRecord } from './ledger.ts';

/**
 * The copy first, then the record, then the file: whatever is cut off, the next call finds out how far this one came.
 * Returns why it could not be done, in words that follow the file's path; null when it is done.
 *
 * @param home The state folder, where the record is kept.
 */
export async function carryOut(change: FileChange, home: string): Promise<string | null> {
  const { file, bytes, backup, record } = change;
  try {
    if (!isChange(change)) return await forget(change, home);
    if (!(await isAsItWas(change)))
      return 'it was changed by another program just now. Run the same command again';
    if (bytes === null) {
      await rm(file.target);
      return await forget(change, home);
    }
    makePrivateFolder(dirname(file.target));
    // It may hold the tokens of other servers.
    if (backup !== null && file.bytes !== null) await writeAtomically(backup, file.bytes, 0o600);
    if (record !== null) await keepRecord(home, file.path, record);
    await writeAtomically(file.target, bytes, file.mode);
    return record === null ? await forget(change, home) : null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return `it could not be written (${WORDS[code] ?? message})`;
  }
}

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'its folder is closed to this user',
  EPERM: 'its folder is closed to this user',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EEXIST: 'a file is where its folder should be',
  ENOTDIR: 'a file is where its folder should be',
};

/** A file that changed since it was read is not ours to overwrite. */
async function isAsItWas({ file }: FileChange): Promise<boolean> {
  const now = await readFile(file.target).catch(() => null);
  return now === null || file.bytes === null ? now === file.bytes : now.equals(file.bytes);
}

/** After an undoing: nothing of ours is left lying about. A copy that holds more than the file does stays. */
async function forget({ file, bytes, former, record }: FileChange, home: string): Promise<null> {
  if (record !== null || former === null) return null;
  if (former.backup && bytes && (await isCopyOf(file, former.backup.path, bytes)))
    await rm(former.backup.path);
  if (bytes === null) await removeEmptyFolders(file, former.folders);
  await keepRecord(home, file.path, null);
  return null;
}

/** What is recorded may have been edited, or be of another machine: what goes is looked at itself. */
async function isCopyOf(file: FileChange['file'], path: string, bytes: Uint8Array): Promise<boolean> {
  if (!path.startsWith(`${file.path}.bridge-backup`)) return false;
  const copy = await readFile(path).catch(() => null);
  return copy?.equals(bytes) === true;
}

async function removeEmptyFolders({ target }: FileChange['file'], folders: readonly string[]): Promise<void> {
  const above = folders.filter((folder) => target.startsWith(folder + sep));
  for (const folder of above.toReversed()) {
    try {
      await rmdir(folder);
    } catch {
      // Something else lives in it now.
      return;
    }
  }
}
