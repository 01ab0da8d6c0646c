/**
 * `plans/<id>.md` and `status/<id>_status.md`: what the store knows, written for people. They are made from the store
 * and never read back, so deleting or editing one loses nothing; a missing one is written anew, whole.
 */
import { appendFile, mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export function planFile(home: string, projectId: string): string {
  return join(home, 'plans', `${projectId}.md`);
}

export function statusFile(home: string, projectId: string): string {
  return join(home, 'status', `${projectId}_status.md`);
}

export async function writePlanFile(home: string, projectId: string, markdown: string): Promise<void> {
  await replaceFile(planFile(home, projectId), markdown);
}

/** Appends `text` to the status file, or, when it is not there, writes what `whole` returns (which includes `text`). */
export async function appendStatusFile(
  home: string,
  projectId: string,
  text: string,
  whole: () => Promise<string>,
): Promise<void> {
  const file = statusFile(home, projectId);
  if (await exists(file)) await appendFile(file, text, { mode: 0o600 });
  else await replaceFile(file, await whole());
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** A reader sees the old file or the new one, never half of it. */
async function replaceFile(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}
