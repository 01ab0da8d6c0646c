/** Gives a file or folder another name, and never takes the place of another. */
import { link, lstat, rename, rm } from 'node:fs/promises';
import { ok, type Result, refuse } from '../result.ts';
import { type Located, locate } from './locate.ts';
import type { SharedFolder } from './shared-folder.ts';
import { shownPath } from './shown-path.ts';

/** A link is moved as it is. Throws the system's error. */
export async function moveEntry(
  root: SharedFolder,
  source: string,
  destination: string,
): Promise<Result<undefined>> {
  const from = await locate(root, source, { followsLast: false });
  if (!from.ok) return from;
  await using one = from.value;
  if (one.stats === undefined) return refuse(`ENOENT: no such file or directory: ${shownPath(source)}`);
  if (one.name === '.') return refuse('Access denied - the shared folder itself is not moved');
  const to = await locate(root, destination, { followsLast: false });
  if (!to.ok) return to;
  await using other = to.value;
  if (other.stats !== undefined) return refuse(thereAlready(destination));
  if (one.way.every((part, index) => other.way[index] === part))
    return refuse(`EINVAL: ${shownPath(source)} cannot be moved into itself`);
  return await (one.stats.isFile() ? moveFile : moveOther)(one, other, destination);
}

function thereAlready(destination: string): string {
  return `Destination already exists: ${shownPath(destination)}`;
}

/** A second name cannot be that of another file, unlike with rename(2). */
async function moveFile(from: Located, to: Located, destination: string): Promise<Result<undefined>> {
  try {
    await link(from.folder.at(from.name), to.folder.at(to.name));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return refuse(thereAlready(destination));
    if (NO_SECOND_NAME.includes(code)) return moveOther(from, to, destination);
    throw error;
  }
  await rm(from.folder.at(from.name));
  return ok(undefined);
}

/** Of file systems on which a file has one name, and across two of them. */
const NO_SECOND_NAME: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'];

/** Only an empty folder can be replaced this way, by a folder, when it appears between the two calls. */
async function moveOther(from: Located, to: Located, destination: string): Promise<Result<undefined>> {
  const there = await lstat(to.folder.at(to.name)).catch(() => undefined);
  if (there !== undefined) return refuse(thereAlready(destination));
  await rename(from.folder.at(from.name), to.folder.at(to.name));
  return ok(undefined);
}
