/** Control groups of a test's own: a manager of services takes those it starts in for the root of all. */
import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface ControlGroups {
  readonly roots: readonly string[];
  /** One below each, for a manager that shares its machine with another. */
  readonly leaves: readonly string[];
  /** Removes them and resolves with the processes that were still in them. */
  remove(): Promise<number[]>;
}

/** One in every hierarchy by which systemd tells its services apart. */
export async function controlGroups(name: string): Promise<ControlGroups> {
  const roots = (await hierarchies()).map((hierarchy) => join(hierarchy, name));
  // systemd takes the parent of a group of this name for its root.
  const leaves = roots.map((root) => join(root, 'init.scope'));
  for (const leaf of leaves) await mkdir(leaf, { recursive: true });
  return {
    roots,
    leaves,
    async remove() {
      const groups = (await Promise.all(roots.map(below))).flat();
      const pids = (await Promise.all(groups.map(processesOf))).flat();
      if (pids.length === 0) for (const group of groups) await rmdir(group);
      return [...new Set(pids)];
    },
  };
}

/** Those of version 1 that systemd keeps its own tree in, and version 2. */
async function hierarchies(): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '));
  return mounts.flatMap(([, path = '', type, options = '']) => {
    const ours = type === 'cgroup2' || (type === 'cgroup' && /\b(name=systemd|pids|memory)\b/.test(options));
    return ours ? [path] : [];
  });
}

/** The deepest first, as they are to be removed. */
async function below(group: string): Promise<string[]> {
  const entries = await readdir(group, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(group, name));
  return [...(await Promise.all(folders.map(below))).flat(), group];
}

async function processesOf(group: string): Promise<number[]> {
  const text = await readFile(join(group, 'cgroup.procs'), 'utf8');
  return text.split('\n').filter(Boolean).map(Number);
}
