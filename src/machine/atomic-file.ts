import { randomUUID } from 'node:crypto';
import { lstat, open, rename, rm } from 'node:fs/promises';

/**
 * Writes a file so that a reader, or a crash at any moment, finds either the old text or the new one. Throws the
 * system's error, and leaves no draft behind.
 *
 * @param mode Rights of the file, such as 0o600. They are exact: neither the former file's nor changed by the umask.
 */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array,
  mode: number,
): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  // Root could put a file in the place of /dev/null.
  if (there && !there.isFile() && !there.isSymbolicLink())
    throw Object.assign(new Error(`${path} is not a file`), { code: 'EINVAL' });
  // A name nobody can foresee, and only if nothing has it: in a folder of others a link may lie in wait.
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
