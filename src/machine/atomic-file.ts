import { randomUUID } from 'node:crypto';
import { lstat, open, rename, rm } from 'node:fs/promises';

/**
 * Writes a file so that a reader, or a crash at any moment, finds the old text or the new one. Throws the system's
 * error, and leaves no draft behind.
 *
 * @param mode Exact permissions, such as 0o600: the former file's and the umask do not count.
 */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array,
  mode: number,
): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  // As root, this would replace /dev/null by a file.
  if (there && !there.isFile() && !there.isSymbolicLink())
    throw Object.assign(new Error(`${path} is not a file`), { code: 'EINVAL' });
  // An unpredictable name, created exclusively: in a folder that others can write, a link may be planted.
  const draft = `${path}.${randomUUID()}.tmp`;
  const file = await open(draft, 'wx', mode);
  try {
    try {
      await file.writeFile(content);
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
