/**
 * A folder, made with those above it. Node's own `recursive` never comes to an end below /proc (seen in 24.21): the system
 * says of every new folder there that something is missing, and Node takes that for the folder above, again and again.
 */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes them closed to others. Throws the system's error; EPERM where the system takes no folder. */
export function makePrivateFolder(path: string): void {
  const error = tryMake(path);
  if (error === undefined || isFolder(path)) return;
  const above = dirname(path);
  if (error.code !== 'ENOENT' || above === path) throw error;
  if (isFolder(above)) {
    const message = `EPERM: ${above} takes no new folder, mkdir '${path}'`;
    throw Object.assign(new Error(message), { code: 'EPERM' });
  }
  makePrivateFolder(above);
  makePrivateFolder(path);
}

function tryMake(path: string): NodeJS.ErrnoException | undefined {
  try {
    mkdirSync(path, { mode: 0o700 });
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
