/** Looks through a folder and those in it. Links are not followed, and what git keeps is not entered. */
import type { Clock } from '../clock.ts';
import type { PinnedFolder } from '../machine/pinned-folder.ts';
import type { Result } from '../result.ts';
import type { MatchesParts } from './glob.ts';
import { isGitFolder } from './guarded-names.ts';
import { type Entry, entriesOf, inFolder } from './list.ts';
import type { SharedFolder } from './shared-folder.ts';

export interface Limits {
  readonly clock: Clock;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export interface Search {
  readonly path: string;
  readonly isMatch: MatchesParts;
  readonly isExcluded: MatchesParts;
  /** The search goes on behind this path, relative to `path`; undefined: from the beginning. */
  readonly after: readonly string[] | undefined;
  /** Told of each match, and says whether to go on. */
  take(parts: readonly string[], entry: Entry): boolean;
}

export interface Searched {
  /** Whether it saw everything. */
  readonly isAll: boolean;
  /** The last path that it looked at; undefined: there is none. */
  readonly last: readonly string[] | undefined;
  /** Folders that could not be read. */
  readonly unread: number;
}

const MAX_MS = 20_000;
const MAX_DEPTH = 100;

/**
 * Looks at every path below a folder, in the order of their parts. Stops when `take` says so, after 20 seconds, and when
 * nobody waits. Throws the system's error where the folder itself cannot be read.
 */
export async function searchFolder(
  root: SharedFolder,
  search: Search,
  { clock, signal }: Limits,
): Promise<Result<Searched>> {
  const end = clock.monotonic() + MAX_MS;
  let last = search.after;
  let isAll = true;
  let unread = 0;
  return inFolder(root, search.path, async ({ folder }) => {
    await lookInto(folder, [], await entriesOf({ folder }));
    return { isAll, last, unread };
  });

  async function lookInto(folder: PinnedFolder, above: readonly string[], entries: readonly Entry[]) {
    for (const entry of entries) {
      const parts = [...above, entry.name];
      const order = search.after === undefined ? 1 : compare(parts, search.after);
      // What was passed already; a folder may lead on to where the search stopped.
      if (order < 0 && !isPrefix(parts, search.after)) continue;
      if (isGitFolder(entry.name) || search.isExcluded(parts)) continue;
      const isTaken = order > 0 && search.isMatch(parts);
      if (signal.aborted || clock.monotonic() > end || (isTaken && !search.take(parts, entry))) {
        isAll = false;
        return;
      }
      if (order > 0) last = parts;
      if (entry.isFolder) await enter(folder, parts);
      if (!isAll) return;
    }
  }

  async function enter(folder: PinnedFolder, parts: readonly string[]) {
    if (parts.length > MAX_DEPTH) {
      unread += 1;
      return;
    }
    let entries: readonly Entry[];
    try {
      await using inner = await folder.enter(parts.at(-1) ?? '');
      entries = await entriesOf({ folder: inner });
      await lookInto(inner, parts, entries);
    } catch {
      unread += 1;
    }
  }
}

/** A path comes before what lies in it. */
function compare(one: readonly string[], other: readonly string[]): number {
  for (const [index, part] of one.entries()) {
    const against = other[index];
    if (against === undefined) return 1;
    if (part !== against) return part < against ? -1 : 1;
  }
  return one.length < other.length ? -1 : 0;
}

function isPrefix(parts: readonly string[], of: readonly string[] | undefined): boolean {
  return of !== undefined && parts.length <= of.length && parts.every((part, index) => of[index] === part);
}

/** A folder of a tree; without children where it was not looked into. */
export interface TreeNode {
  readonly name: string;
  readonly type: 'file' | 'directory';
  children?: TreeNode[];
}

export interface Tree {
  readonly nodes: readonly TreeNode[];
  /** Folders that were not looked into, because the tree is large or they cannot be read. */
  readonly closed: number;
}

/**
 * The tree of a folder, level by level, with at most `maxNodes`: the upper levels are whole. Throws the system's error where
 * the folder itself cannot be read.
 */
export async function folderTree(
  root: SharedFolder,
  path: string,
  isExcluded: MatchesParts,
  { maxNodes, clock, signal }: Limits & { readonly maxNodes: number },
): Promise<Result<Tree>> {
  const end = clock.monotonic() + MAX_MS;
  const top: TreeNode = { name: '.', type: 'directory' };
  const waiting: { readonly parts: readonly string[]; readonly node: TreeNode }[] = [
    { parts: [], node: top },
  ];
  let left = maxNodes;
  let closed = 0;
  return inFolder(root, path, async ({ folder }) => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { parts, node } = next;
      const isOver = signal.aborted || clock.monotonic() > end;
      const children = isOver ? undefined : await childrenOf(folder, parts);
      if (children === undefined || (children.length > left && parts.length > 0)) {
        closed += 1;
        continue;
      }
      node.children = children.slice(0, left).map(({ name, isFolder }) => ({
        name,
        type: isFolder ? 'directory' : 'file',
      }));
      if (children.length > left) closed += 1;
      left -= node.children.length;
      for (const child of node.children)
        if (child.type === 'directory') waiting.push({ parts: [...parts, child.name], node: child });
    }
    return { nodes: top.children ?? [], closed };
  });

  /** Undefined where it cannot be read. */
  async function childrenOf(folder: PinnedFolder, parts: readonly string[]): Promise<Entry[] | undefined> {
    const isShown = ({ name }: Entry) => !isGitFolder(name) && !isExcluded([...parts, name]);
    const [name, ...deeper] = parts;
    if (name === undefined) return (await entriesOf({ folder })).filter(isShown);
    try {
      return await within(folder, name, deeper, async (inner) =>
        (await entriesOf({ folder: inner })).filter(isShown),
      );
    } catch {
      return undefined;
    }
  }
}

/** Goes down one folder after the other, each from the one before. */
async function within<T>(
  folder: PinnedFolder,
  name: string,
  [next, ...deeper]: readonly string[],
  work: (folder: PinnedFolder) => Promise<T>,
): Promise<T> {
  await using inner = await folder.enter(name);
  return await (next === undefined ? work(inner) : within(inner, next, deeper, work));
}
