/** Applies the plan for a file. A crash at any moment leaves a complete file and the way back. */
import { readFile, rm, rmdir } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { writeAtomically } from '../machine/atomic-file.ts';
import { makePrivateFolder } from '../make-folder.ts';
import { type FilePlan, isChange } from './change.ts';
import { writeRecord } from './ledger.ts';

/**
 * Writes the backup, then the ledger, then the file, so that the next call can tell how far an interrupted one came.
 * Returns why it failed, in words that follow the file's path; null when done.
 */
export async function applyChange(change: FilePlan, stateDir: string): Promise<string | null> {
  const { file, bytes, backup, record } = change;
  try {
    if (!isChange(change)) return await cleanUp(change, stateDir);
    if (!(await isUnchanged(change)))
      return 'another program has just changed it. Run the same command again';
    if (bytes === null) {
      await rm(file.target);
      return await cleanUp(change, stateDir);
    }
    makePrivateFolder(dirname(file.target));
    // The copy may hold tokens of other servers.
    if (backup !== null && file.bytes !== null) await writeAtomically(backup, file.bytes, 0o600);
    if (record !== null) await writeRecord(stateDir, file.path, record);
    await writeAtomically(file.target, bytes, file.mode);
    return record === null ? await cleanUp(change, stateDir) : null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return `it could not be written (${REASONS[code] ?? message})`;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EEXIST: 'a file is in the place of its folder',
  ENOTDIR: 'a file is in the place of its folder',
};

/** Whether the file is as it was read: a change of somebody else is never overwritten. */
async function isUnchanged({ file }: FilePlan): Promise<boolean> {
  const now = await readFile(file.target).catch(() => null);
  return now === null || file.bytes === null ? now === file.bytes : now.equals(file.bytes);
}

/** After undoing: removes our backup and folders. A backup that differs from the file stays. */
async function cleanUp({ file, bytes, former, record }: FilePlan, stateDir: string): Promise<null> {
  if (record !== null || former === null) return null;
  if (former.backup && bytes && (await isCopyOf(file, former.backup.path, bytes)))
    await rm(former.backup.path);
  if (bytes === null) await removeEmptyFolders(file, former.folders);
  await writeRecord(stateDir, file.path, null);
  return null;
}

/** Whether a copy is ours to remove: the ledger may have been edited, or come from another machine. */
async function isCopyOf(file: FilePlan['file'], path: string, bytes: Uint8Array): Promise<boolean> {
  if (!path.startsWith(`${file.path}.bridge-backup`)) return false;
  const copy = await readFile(path).catch(() => null);
  return copy?.equals(bytes) === true;
}

async function removeEmptyFolders({ target }: FilePlan['file'], folders: readonly string[]): Promise<void> {
  const above = folders.filter((folder) => target.startsWith(folder + sep));
  for (const folder of above.toReversed()) {
    try {
      await rmdir(folder);
    } catch {
      // It is not empty.
      return;
    }
  }
}
