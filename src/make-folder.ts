/**
 * Creates a folder and those above it. Node's own `recursive` never ends below /proc (seen in 24.21): the system reports
 * ENOENT for every new folder there, and Node tries the folder above again and again.
 */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** With mode 0700. Throws as `makeFolder`. */
export function makePrivateFolder(path: string): void {
  makeFolder(path, 0o700);
}

/** With the umask applied to `mode`. Throws the system's error; EPERM where the system accepts no new folder. */
export function makeFolder(path: string, mode = 0o777): void {
  const error = tryMake(path, mode);
  if (error === undefined || isFolder(path)) return;
  const above = dirname(path);
  if (error.code !== 'ENOENT' || above === path) throw error;
  if (isFolder(above)) {
    const message = `EPERM: ${above} takes no new folder, mkdir '${path}'`;
    throw Object.assign(new Error(message), { code: 'EPERM' });
  }
  makeFolder(above, mode);
  makeFolder(path, mode);
}

function tryMake(path: string, mode: number): NodeJS.ErrnoException | undefined {
  try {
    mkdirSync(path, { mode });
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
