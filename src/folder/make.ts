/** Makes a folder, and those above it. */
import { ok, type Result } from '../result.ts';
import { locate } from './locate.ts';
import type { SharedFolder } from './shared-folder.ts';

/** One that is there already is left as it is. Throws the system's error. */
export async function makeFolderIn(root: SharedFolder, path: string): Promise<Result<undefined>> {
  const made = await locate(root, path, { makesFolders: true });
  if (!made.ok) return made;
  await made.value[Symbol.asyncDispose]();
  return ok(undefined);
}
