/** What this process still holds of a folder. Elsewhere than on Linux no file says this, and nothing is found. */
import { existsSync } from 'node:fs';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';

const SELF = '/proc/self';

/** Open files in `folder`, deleted ones too, and watches on it or what is in it. */
export async function handlesOn(folder: string): Promise<string[]> {
  if (!existsSync(SELF)) return [];
  const inodes = await inodesIn(folder);
  const found: string[] = [];
  for (const fd of await readdir(`${SELF}/fd`)) {
    const file = await readlink(`${SELF}/fd/${fd}`).catch(() => '');
    if (file.startsWith(folder)) found.push(`open ${file}`);
    const info = await readFile(`${SELF}/fdinfo/${fd}`, 'utf8').catch(() => '');
    for (const [, inode] of info.matchAll(/^inotify .*\bino:([0-9a-f]+) /gm)) {
      const watched = inodes.get(inode ?? '');
      if (watched) found.push(`a watch on ${watched}`);
    }
  }
  return found;
}

async function inodesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(folder, { recursive: true });
  const paths = [folder, ...names.map((name) => join(folder, name))];
  const entries = await Promise.all(
    paths.map(
      async (path) => [(await stat(path).catch(() => undefined))?.ino.toString(16) ?? '', path] as const,
    ),
  );
  return new Map(entries.filter(([inode]) => inode !== ''));
}
