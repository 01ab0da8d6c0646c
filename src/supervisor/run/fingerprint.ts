/** A short digest of a workspace, to tell a run that changed something from one that did not. */
import { createHash } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Folders that hold no work of their own and may hold very many files. */
const IGNORED_FOLDERS = new Set(['.git', 'node_modules', '.venv', 'target', 'dist', '.next']);
const MAX_FILES = 20_000;

/**
 * A digest of the path, size and time of every file; null when the folder cannot be read or has more than MAX_FILES
 * files.
 */
export async function fingerprint(workspace: string): Promise<string | null> {
  const digest = createHash('sha256');
  let files = 0;
  const walk = async (folder: string): Promise<boolean> => {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!IGNORED_FOLDERS.has(entry.name) && !(await walk(path))) return false;
        continue;
      }
      files += 1;
      if (files > MAX_FILES) return false;
      const { size, mtimeMs } = await lstat(path);
      digest.update(`${path}\0${size}\0${mtimeMs}\n`);
    }
    return true;
  };
  const whole = await walk(workspace).catch(() => false);
  return whole ? digest.digest('hex').slice(0, 16) : null;
}
