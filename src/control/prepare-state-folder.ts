/** Prepares the state folder before a supervisor starts. */

import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { configJsonSchema } from '../config.ts';
import { messageOf } from '../error-message.ts';
import { writeAtomically } from '../machine/atomic-file.ts';
import { ensurePrivateFolder } from '../machine/paths.ts';
import { makePrivateFolder } from '../make-folder.ts';
import { ok, type Result, refuse } from '../result.ts';
import { compileCacheFolder } from '../state-folder.ts';
import { VERSION } from '../version.ts';

/** Makes sure that the folder exists, is closed to others, and holds the schema of config.json for editors. */
export async function prepareStateFolder(stateDir: string): Promise<Result<void>> {
  try {
    await ensurePrivateFolder(stateDir);
  } catch (error) {
    return refuse(messageOf(error));
  }
  // The schema helps editors; a failure is no reason not to start.
  await writeSchema(join(stateDir, 'config.schema.json')).catch(() => undefined);
  // The cache makes starts faster, and is not needed.
  await prepareCompileCache(compileCacheFolder(stateDir)).catch(() => undefined);
  return ok(undefined);
}

/** Creates the folder for this version, and removes those of other versions. */
async function prepareCompileCache(folder: string): Promise<void> {
  makePrivateFolder(join(folder, VERSION));
  const others = (await readdir(folder)).filter((name) => name !== VERSION);
  for (const name of others) await rm(join(folder, name), { recursive: true, force: true });
}

async function writeSchema(file: string): Promise<void> {
  const text = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
  if ((await readFile(file, 'utf8').catch(() => '')) === text) return;
  await writeAtomically(file, text, 0o600);
}
