/**
 * A Linux control group around a process and everything it ever starts: no session, double fork or empty environment
 * leads out of it (https://docs.kernel.org/admin-guide/cgroup-v2.html). Works only where this user may create a group
 * below our own, as in a systemd unit with `Delegate=yes`. Elsewhere the callers fall back to other means.
 */
import { mkdir, readdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';

/** Creates the group with this name and returns its path; undefined where that is not possible. */
export async function makeControlGroup(name: string): Promise<string | undefined> {
  const own = await ownGroup();
  if (own === undefined) return undefined;
  const group = join(own, name);
  return mkdir(group).then(
    () => group,
    (error: NodeJS.ErrnoException) => (error.code === 'EEXIST' ? group : undefined),
  );
}

/** Moves a process into the group; its later children start there. False when it could not be moved. */
export async function enterControlGroup(group: string, pid: number): Promise<boolean> {
  return writeFile(join(group, PROCESSES), String(pid)).then(
    () => true,
    () => false,
  );
}

/** The pids in the group with this name and in all groups below it; none when there is no such group. */
export async function pidsInControlGroup(name: string): Promise<number[]> {
  const own = await ownGroup();
  return own === undefined ? [] : pidsBelow(join(own, name));
}

/** Removes the group with this name if it is empty. */
export async function removeControlGroup(name: string): Promise<void> {
  const own = await ownGroup();
  if (own !== undefined) await removeBelow(join(own, name)).catch(() => undefined);
}

/** Removes the empty groups whose name has this prefix and that are older than `time`. */
export async function removeEmptyControlGroups(prefix: string, time: Date): Promise<void> {
  const own = await ownGroup();
  if (own === undefined) return;
  for (const group of await groupsIn(own)) {
    const made = await stat(group).catch(() => undefined);
    const isOld = made !== undefined && made.mtime < time;
    // The kernel refuses to remove a group that has a process.
    if (isOld && basename(group).startsWith(prefix)) await rmdir(group).catch(() => undefined);
  }
}

const PROCESSES = 'cgroup.procs';

async function pidsBelow(group: string): Promise<number[]> {
  const text = await readFile(join(group, PROCESSES), 'utf8').catch(() => '');
  const below = await Promise.all((await groupsIn(group)).map(pidsBelow));
  return [...text.split('\n').filter(Boolean).map(Number), ...below.flat()];
}

async function removeBelow(group: string): Promise<void> {
  for (const below of await groupsIn(group)) await removeBelow(below);
  await rmdir(group);
}

async function groupsIn(group: string): Promise<string[]> {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(group, name));
}

/** Where our own group of version 2 is mounted (https://man7.org/linux/man-pages/man7/cgroups.7.html). */
async function ownGroup(): Promise<string | undefined> {
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  const [groups, mounts] = await Promise.all([read('/proc/self/cgroup'), read('/proc/self/mountinfo')]);
  const path = /^0::(.+)$/m.exec(groups)?.[1];
  for (const line of mounts.split('\n')) {
    const [, , , root, point] = line.split(' ');
    if (path === undefined || root === undefined || point === undefined) continue;
    const way = relative(root, path);
    if (line.includes(' - cgroup2 ') && !way.startsWith('..')) return join(point, way);
  }
  return undefined;
}
