/** Writes a whole file: a reader finds the old text or the new one, and nothing is written through a link. */
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, rename, rm } from 'node:fs/promises';
import { ok, type Result, refuse } from '../result.ts';
import { draftName } from './drafts.ts';
import { type Located, locate } from './locate.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { whyNoFile } from './open-plain.ts';
import type { SharedFolder } from './shared-folder.ts';
import { shownPath } from './shown-path.ts';
import { type Place, takeNameForFile } from './take-name.ts';

/** Creates the file or replaces what it holds; its mode stays. Throws the system's error. */
export async function writeText(
  root: SharedFolder,
  path: string,
  content: string,
): Promise<Result<undefined>> {
  const found = await locate(root, path);
  if (!found.ok) return found;
  await using located = found.value;
  return await changingAlone(root, located, () => put(located, path, Buffer.from(content)));
}

/** Keeps other changes of the same file by this process away meanwhile. */
export function changingAlone<T>(
  { real }: SharedFolder,
  { way }: Located,
  change: () => Promise<T>,
): Promise<T> {
  return oneAtATime([real, ...way].join('/'), change);
}

/**
 * Puts these bytes into the place that was found.
 *
 * @param before What the file was when its content was read: it is refused where it is another by then.
 */
export async function put(
  place: Place,
  path: string,
  content: Uint8Array,
  before?: BigIntStats,
): Promise<Result<undefined>> {
  const there = await statsAt(place.folder.at(place.name));
  if (there === undefined) {
    if (before !== undefined) return refuse(changed(path));
    return drafted(place.folder, content, undefined, async (draft) =>
      (await takeNameForFile(draft, place)) ? ok(undefined) : refuse(changed(path)),
    );
  }
  const obstacle = whyNoFile(there, path) ?? whyProtected(there, path);
  if (obstacle !== undefined) return refuse(obstacle);
  return drafted(place.folder, content, there, async (draft) => {
    const isMeant = before === undefined || isUnchanged(before, await statsAt(place.folder.at(place.name)));
    if (!isMeant) return refuse(changed(path));
    await rename(draft.folder.at(draft.name), place.folder.at(place.name));
    return ok(undefined);
  });
}

/** Neither over a file nor through a link that is in the place by then. */
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

/** Writes a draft and has it put into its place: nobody finds a part of a file there, whatever happens meanwhile. */
async function drafted(
  folder: Place['folder'],
  content: Uint8Array,
  former: BigIntStats | undefined,
  putInPlace: (draft: Place) => Promise<Result<undefined>>,
): Promise<Result<undefined>> {
  const name = await draftName();
  // Nobody else reads what takes the place of a file that they may not read.
  const mode = former === undefined ? 0o666 : 0o600;
  try {
    await fill(await folder.openFile(name, CREATE, mode), content, former);
    return await putInPlace({ folder, name });
  } finally {
    // Once it is in its place there is none of that name.
    await rm(folder.at(name), { force: true });
  }
}

/** Closes the file, too. @param former Whose place it takes: owner and mode are those of it, as far as this user may. */
async function fill(handle: FileHandle, content: Uint8Array, former?: BigIntStats): Promise<void> {
  await using file = handle;
  await file.writeFile(content);
  if (former !== undefined) {
    const { uid, gid, mode } = former;
    const own = await file.stat({ bigint: true });
    if (own.uid !== uid || own.gid !== gid) await file.chown(Number(uid), Number(gid)).catch(() => undefined);
    await file.chmod(Number(mode & 0o7777n));
  }
  await file.sync();
}

function changed(path: string): string {
  return `${shownPath(path)} was changed by somebody else just now. Read it again, then change it.`;
}

/** Who may write into the folder could replace the file all the same; its owner has said that it stays. */
function whyProtected({ mode }: BigIntStats, path: string): string | undefined {
  return (mode & 0o222n) === 0n
    ? `EACCES: ${shownPath(path)} is write-protected. Make it writable, unless that is on purpose`
    : undefined;
}

async function statsAt(path: string): Promise<BigIntStats | undefined> {
  return lstat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

function isUnchanged(before: BigIntStats, now: BigIntStats | undefined): boolean {
  return (
    now?.ino === before.ino &&
    now.dev === before.dev &&
    now.size === before.size &&
    now.mtimeNs === before.mtimeNs &&
    now.ctimeNs === before.ctimeNs
  );
}
