/** The state folder as a supervisor needs it, before it starts. */

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

/** Makes sure that the folder is there and closed to others, and that editors find the schema of config.json in it. */
export async function prepareStateFolder(stateDir: string): Promise<Result<void>> {
  try {
    await ensurePrivateFolder(stateDir);
  } catch (error) {
    return refuse(messageOf(error));
  }
  // A help for editing, never a reason not to start.
  await writeSchema(join(stateDir, 'config.schema.json')).catch(() => undefined);
  // Starts are faster with it, and happen without it.
  await prepareCompileCache(compileCacheFolder(stateDir)).catch(() => undefined);
  return ok(undefined);
}

/** Makes the folder for this version, and removes those of others. */
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
