/** What is in a folder, by name. */
import { lstat, readdir } from 'node:fs/promises';
import { ok, type Result, refuse } from '../result.ts';
import { type Located, locate } from './locate.ts';
import type { SharedFolder } from './shared-folder.ts';
import { shownPath } from './shown-path.ts';

export interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

export interface SizedEntry extends Entry {
  /** In bytes; 0 for a folder, and for what is gone by now. */
  readonly size: number;
}

/** Throws the system's error. */
export async function listFolder(root: SharedFolder, path: string): Promise<Result<Entry[]>> {
  return inFolder(root, path, entriesOf);
}

/** The same with sizes. Throws the system's error. */
export async function listWithSizes(root: SharedFolder, path: string): Promise<Result<SizedEntry[]>> {
  return inFolder(root, path, async (located) => {
    const sized: SizedEntry[] = [];
    const { folder } = located;
    for (const entry of await entriesOf(located)) {
      const size = entry.isFolder
        ? 0
        : ((await lstat(folder.at(entry.name)).catch(() => undefined))?.size ?? 0);
      sized.push({ ...entry, size });
    }
    return sized;
  });
}

/** Finds a folder and lets `work` look into it. Refuses what is none. Throws the system's error, and what `work` throws. */
export async function inFolder<T>(
  root: SharedFolder,
  path: string,
  work: (located: Pick<Located, 'folder' | 'way'>) => Promise<T>,
): Promise<Result<T>> {
  const found = await locate(root, path);
  if (!found.ok) return found;
  await using located = found.value;
  const { folder, name, stats, way } = located;
  if (stats === undefined) return refuse(`ENOENT: no such directory: ${shownPath(path)}`);
  if (!stats.isDirectory()) return refuse(`ENOTDIR: ${shownPath(path)} is no directory`);
  if (name === '.') return ok(await work(located));
  await using inner = await folder.enter(name);
  return ok(await work({ folder: inner, way }));
}

/** The entries of a folder that is held. A link is no folder here. */
export async function entriesOf({ folder }: Pick<Located, 'folder'>): Promise<Entry[]> {
  const entries = await readdir(folder.at('.'), { withFileTypes: true });
  return entries
    .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}
