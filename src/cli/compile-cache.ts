/** Keeps what V8 has compiled of this program, so that the next start need not compile it again. */
import { lstatSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import { compileCacheFolder, stateFolder } from '../state-folder.ts';
import { VERSION } from '../version.ts';

/**
 * Uses the cache in the state folder, if a supervisor of this version has made one and nobody else can write to it: what
 * lies in it is run as code. Creates no folder. Never throws.
 */
export function useCompileCache(env: Environment): void {
  try {
    const stateDir = stateFolder(env);
    const cache = compileCacheFolder(stateDir);
    const folder = join(cache, VERSION);
    if ([stateDir, cache, folder].every(isOurs)) enableCompileCache(folder);
  } catch {
    // No folder, or no right to look: the program is compiled as ever.
  }
}

/** On Windows the state folder lies in the person's own profile, and modes say nothing. */
function isOurs(folder: string): boolean {
  const stats = lstatSync(folder);
  if (!stats.isDirectory()) return false;
  const owner = process.geteuid?.();
  return owner === undefined || (stats.uid === owner && (stats.mode & 0o022) === 0);
}
