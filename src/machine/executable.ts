import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, extname, join, resolve, sep } from 'node:path';
import { isWindows } from './platform.ts';

/**
 * The absolute path of a program: found in the folders of a PATH variable, or `name` itself when it is a path.
 * Undefined when there is no such file or it is not executable. An empty entry in PATH, which a shell reads as the
 * current folder, is ignored: the program must not depend on the current folder.
 *
 * @param extensions Windows' PATHEXT; nothing elsewhere.
 */
export function findExecutable(
  name: string,
  pathVariable: string | undefined,
  extensions: string = isWindows ? (process.env.PATHEXT ?? '.COM;.EXE;.BAT;.CMD') : '',
): string | undefined {
  const isPath = name.includes('/') || name.includes(sep);
  const folders = (pathVariable ?? '').split(delimiter).map((folder) => folder.replace(/^"(.*)"$/, '$1'));
  const bases = isPath
    ? [resolve(name)]
    : folders.filter(Boolean).map((folder) => resolve(join(folder, name)));
  return bases.flatMap((base) => withExtensions(base, extensions)).find(isExecutableFile);
}

/** Windows executes only files with one of these extensions, and tries them in this order. */
function withExtensions(path: string, extensions: string): string[] {
  const known = extensions.split(';').filter(Boolean);
  const has = known.some((extension) => extension.toLowerCase() === extname(path).toLowerCase());
  return known.length === 0 || has ? [path] : known.map((extension) => path + extension.toLowerCase());
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
