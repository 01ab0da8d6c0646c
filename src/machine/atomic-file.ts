import { chmod, rename, rm, writeFile } from 'node:fs/promises';

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
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, content, { mode, flush: true });
    await chmod(draft, mode);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
