/** The part of a repository that belongs to one work tree: `worktrees/NAME` with its HEAD, index and lock. */
import { readdir, readFile, realpath, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

export interface WorktreeEntry {
  readonly gitDir: string;
  /** Why it is locked; null when it is not. */
  readonly lock: string | null;
}

/** The entry for the work tree at `path`; undefined when there is none. */
export async function findEntry(commonDir: string, path: string): Promise<WorktreeEntry | undefined> {
  for (const gitDir of await entries(commonDir)) {
    const link = await lineIn(join(gitDir, 'gitdir'));
    if (link === undefined || !(await isSamePlace(dirname(resolve(gitDir, link)), path))) continue;
    return { gitDir, lock: (await lineIn(join(gitDir, 'locked'))) ?? null };
  }
  return undefined;
}

/** Removes the entries that git had begun for this reason, and had not yet told where they belong. */
export async function removeUnlinked(commonDir: string, reason: string): Promise<void> {
  for (const gitDir of await entries(commonDir)) {
    const isBegun = (await lineIn(join(gitDir, 'gitdir'))) === undefined;
    if (isBegun && (await lineIn(join(gitDir, 'locked'))) === reason) await rm(gitDir, { recursive: true });
  }
}

/** Whether the folder at `path` still leads to this entry: whoever works there may have put another repository there. */
export async function leadsTo(path: string, { gitDir }: WorktreeEntry): Promise<boolean> {
  const link = (await lineIn(join(path, '.git')))?.match(/^gitdir: (.*)$/)?.[1];
  return link !== undefined && (await isSamePlace(resolve(path, link), gitDir));
}

async function entries(commonDir: string): Promise<string[]> {
  const folder = join(commonDir, 'worktrees');
  const names = await readdir(folder).catch(() => []);
  return names.map((name) => join(folder, name));
}

/** Git writes paths with their links resolved. A folder that is gone has only its name. */
async function isSamePlace(one: string, other: string): Promise<boolean> {
  const real = (path: string) => realpath(path).catch(() => resolve(path));
  return resolve(one) === resolve(other) || (await real(one)) === (await real(other));
}

async function lineIn(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text?.replace(/\r?\n$/, '');
}
