/**
 * Writes `plans/<id>.md` and `status/<id>_status.md`: what the store knows, for people. They are never read back, so
 * editing or deleting one loses nothing. A missing one is written again, whole.
 */

import { randomUUID } from 'node:crypto';
import { appendFile, link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makePrivateFolder } from '../make-folder.ts';

/** Writes what `whole` returns to a new file. Returns false when the file exists. */
export async function writeMissing(file: string, whole: () => Promise<string>): Promise<boolean> {
  if (await exists(file)) return false;
  makePrivateFolder(dirname(file));
  // A reader sees the whole file or none. Of two processes that write it at once, one succeeds.
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, await whole(), { mode: 0o600 });
    return await link(draft, file).then(() => true, isThereNow);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Puts `text` in the place of a file that holds something else. */
export async function writeIfOther(file: string, text: string): Promise<void> {
  if ((await readFile(file, 'utf8').catch(() => '')) === text) return;
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Appends to an existing file. When the whole text cannot be appended, the file is removed, so that it is written
 * again.
 */
export async function appendWhole(file: string, text: string): Promise<void> {
  await appendFile(file, text, { mode: 0o600 }).catch(() => rm(file, { force: true }));
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function isThereNow(error: NodeJS.ErrnoException): false {
  if (error.code === 'EEXIST') return false;
  throw error;
}
