/**
 * Whether two folders hold the same files, or one lies in the other. Paths alone do not tell: a symbolic link, a bind
 * mount or, where case does not count, another spelling leads to the same folder.
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, posix, relative } from 'node:path';

export interface Overlap {
  /** The folder in question, or the one above it that is one of the others. */
  readonly folder: string;
  /** Whether everything below `folder` overlaps too. */
  readonly wholeTree: boolean;
}

/** How `folder` overlaps with one of `others`; undefined when with none. Folders need not exist. */
export async function findOverlap(folder: string, others: readonly string[]): Promise<Overlap | undefined> {
  if (others.length === 0) return undefined;
  const mounts = await readMounts();
  const one = await locate(folder, mounts);
  for (const path of others) {
    const other = await locate(path, mounts);
    const shared = one.line.find(({ names }) => names.some((name) => other.own.has(name)));
    if (shared && one.isReal) return { folder: shared.path, wholeTree: true };
    const isInside = meets(other.own, one.all);
    if (isInside || meets(one.own, other.all)) return { folder, wholeTree: isInside };
  }
  return undefined;
}

/** Whether `folder` is `outer`, or lies in it, by whatever path. Folders need not exist. */
export async function liesIn(folder: string, outer: string): Promise<boolean> {
  const mounts = await readMounts();
  const [one, other] = await Promise.all([locate(folder, mounts), locate(outer, mounts)]);
  return meets(other.own, one.all);
}

/**
 * The path that leads from `outer` to `folder`, when `outer` holds it or is it; undefined otherwise. Where `outer` is a
 * bind mount, or spelled in another case, that differs from the folder's own path.
 */
export async function pathFrom(outer: string, folder: string): Promise<string | undefined> {
  const [top] = await inodeOf(outer);
  const real = await realPath(folder);
  for (const above of upwards(real))
    if (above === outer || (top !== undefined && (await inodeOf(above)).includes(top)))
      return join(outer, relative(above, real));
  return undefined;
}

function meets(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return [...one].some((name) => other.has(name));
}

/** A folder and the folders above it, each with every name that identifies it. */
interface Location {
  readonly line: readonly { readonly path: string; readonly names: readonly string[] }[];
  /** Whether the path contains no links: only then do its parts name the folders above it. */
  readonly isReal: boolean;
  readonly own: ReadonlySet<string>;
  readonly all: ReadonlySet<string>;
}

async function locate(folder: string, mounts: readonly Mount[]): Promise<Location> {
  const real = await realPath(folder);
  const line = await Promise.all(
    upwards(real).map(async (path) => ({ path, names: [`path ${path}`, ...(await inodeOf(path))] })),
  );
  const places = placesOf(real, mounts);
  return {
    line,
    isReal: real === folder,
    own: new Set([...(line[0]?.names ?? []), ...places.slice(0, 1)]),
    all: new Set([...line.flatMap(({ names }) => names), ...places]),
  };
}

/** Follows links as far as the path exists. */
async function realPath(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  const parent = dirname(path);
  if (real !== undefined || parent === path) return real ?? path;
  return join(await realPath(parent), basename(path));
}

/** The path, and each one above it up to the root. */
function upwards(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...upwards(parent)];
}

async function inodeOf(path: string): Promise<string[]> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  // Some file systems have no inode numbers.
  return found === undefined || found.ino === 0n ? [] : [`inode ${found.dev}:${found.ino}`];
}

interface Mount {
  readonly point: string;
  readonly device: string;
  /** The folder of its file system that is mounted; any folder for a bind mount. */
  readonly root: string;
}

/** The mounts of Linux (https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html); empty elsewhere. */
async function readMounts(): Promise<Mount[]> {
  const text = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [, , device, root, point] = line.split(' ').map(unescaped);
    return device && root && point ? [{ device, root, point }] : [];
  });
}

function unescaped(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

/** A folder and those above it within their file system: two bind mounts of one file system share no path. */
function placesOf(path: string, mounts: readonly Mount[]): string[] {
  const above = upwards(path);
  const mount = mounts
    .filter(({ point }) => above.includes(point))
    // A later mount covers an earlier one on the same point.
    .reduce<Mount | undefined>(
      (best, one) => (best && best.point.length > one.point.length ? best : one),
      undefined,
    );
  if (!mount) return [];
  const place = posix.join(mount.root, posix.relative(mount.point, path));
  return upwards(place).map((folder) => `place ${mount.device} ${folder}`);
}
