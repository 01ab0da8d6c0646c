/**
 * `plans/<id>.md` and `status/<id>_status.md`: what the store knows, written for people. They are made from the store
 * and never read back, so deleting or editing one loses nothing; a missing one is rewritten, whole.
 */

import { randomUUID } from 'node:crypto';
import { appendFile, link, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makePrivateFolder } from '../make-folder.ts';

/** Writes a file that is not there with what `whole` returns; false when it is there. */
export async function writeMissing(file: string, whole: () => Promise<string>): Promise<boolean> {
  if (await exists(file)) return false;
  makePrivateFolder(dirname(file));
  // A reader sees the whole file or none, and of two processes that write it together one does.
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, await whole(), { mode: 0o600 });
    return await link(draft, file).then(() => true, isThereNow);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Appends to a file that is there. A file that cannot take the text whole is removed, so that it is rewritten. */
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
