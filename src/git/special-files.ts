/** Pipes, sockets and devices: git passes over them in silence. */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { sep } from 'node:path';

/** How many folders are read at a time. */
const BATCH_SIZE = 32;

/**
 * Those beside the files of these names, and in folders of which every folder above holds one. Other folders are
 * ignored ones, or empty of anything that git knows.
 */
export async function specialFiles(folder: string, names: readonly Buffer[]): Promise<Buffer[]> {
  const found: Buffer[] = [];
  const folders = [...foldersOf(names)];
  for (let from = 0; from < folders.length; from += BATCH_SIZE) {
    const batch = folders.slice(from, from + BATCH_SIZE);
    found.push(
      ...(await Promise.all(batch.map((one) => specialIn(folder, Buffer.from(one, 'latin1'))))).flat(),
    );
  }
  return found;
}

/** As keys, each with a slash at its end, the top as an empty one. */
function foldersOf(names: readonly Buffer[]): Set<string> {
  const folders = new Set(['']);
  let last = '';
  for (const name of names) {
    const key = name.toString('latin1', 0, name.lastIndexOf('/') + 1);
    if (key === last) continue;
    last = key;
    for (
      let end = key.length;
      end > 0 && !folders.has(key.slice(0, end));
      end = key.lastIndexOf('/', end - 2) + 1
    )
      folders.add(key.slice(0, end));
  }
  return folders;
}

async function specialIn(folder: string, inside: Buffer): Promise<Buffer[]> {
  const path = Buffer.concat([Buffer.from(folder + sep), inside]);
  const entries: Dirent<Buffer>[] = await readdir(path, { encoding: 'buffer', withFileTypes: true }).catch(
    () => [],
  );
  return entries.filter(isSpecial).map(({ name }) => Buffer.concat([inside, name]));
}

function isSpecial(entry: Dirent<Buffer>): boolean {
  return entry.isFIFO() || entry.isSocket() || entry.isBlockDevice() || entry.isCharacterDevice();
}
