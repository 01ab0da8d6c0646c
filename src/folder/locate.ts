/**
 * Finds what a path in the shared folder names, one part after the other. Each folder on the way is held open, and links are
 * followed by hand: nothing that is swapped meanwhile leads out of the folder.
 */
import type { BigIntStats } from 'node:fs';
import { lstat, mkdir, readlink } from 'node:fs/promises';
import { isAbsolute, sep } from 'node:path';
import { type PinnedFolder, pinFolder } from '../machine/pinned-folder.ts';
import { ok, type Result, refuse } from '../result.ts';
import { whyGuarded } from './guarded-names.ts';
import { partsWithin, type SharedFolder } from './shared-folder.ts';
import { shownPath } from './shown-path.ts';

export interface Located extends AsyncDisposable {
  /** Holds the entry. */
  readonly folder: PinnedFolder;
  /** The name of the entry in it; `.` for the shared folder itself. */
  readonly name: string;
  /** Undefined: there is nothing of that name. */
  readonly stats: BigIntStats | undefined;
  /** The way from the shared folder, without links; empty for the folder itself. */
  readonly way: readonly string[];
}

interface Finding {
  /** Whether a link at the end stands for what it leads to; default: it does. */
  readonly followsLast?: boolean;
  /** Whether folders that are missing are made, also the last. */
  readonly makesFolders?: boolean;
}

/** Refuses what is outside or closed, and a path through a folder that is not there. Throws the system's error. */
export async function locate(
  root: SharedFolder,
  path: string,
  options: Finding = {},
): Promise<Result<Located>> {
  const parts = partsWithin(root, path);
  if (!parts.ok) return parts;
  const walk = new Walk(root, path, options, await pinFolder(root.real));
  try {
    return await walk.along(parts.value);
  } finally {
    await walk.release();
  }
}

const MAX_LINKS = 40;

class Walk {
  readonly #root: SharedFolder;
  readonly #path: string;
  readonly #options: Finding;
  /** The folders on the way, the shared one first. */
  #held: PinnedFolder[];
  /** Their names, without that of the shared one. */
  #way: string[] = [];
  #links = 0;

  constructor(root: SharedFolder, path: string, options: Finding, top: PinnedFolder) {
    this.#root = root;
    this.#path = path;
    this.#options = options;
    this.#held = [top];
  }

  async along(parts: readonly string[]): Promise<Result<Located>> {
    const left = parts.filter(isPart);
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      if (name === '..') {
        if (this.#way.length === 0) return this.#leadsOut();
        await this.#leave();
        continue;
      }
      const closed = whyGuarded(name);
      if (closed !== undefined) return refuse(`Access denied - ${shownPath(this.#path)}: ${closed}`);
      const stats = await this.#look(name);
      const isLast = left.length === 0;
      if (stats?.isSymbolicLink() && (!isLast || this.#options.followsLast !== false)) {
        const target = await this.#follow(name);
        if (!target.ok) return target;
        left.unshift(...target.value);
      } else if (isLast && !this.#options.makesFolders) {
        return this.#found(name, stats);
      } else {
        const entered = await this.#enter(name, stats);
        if (!entered.ok) return entered;
      }
    }
    return this.#found('.', await this.#look('.'));
  }

  /** Lets go of every folder that was not handed out. */
  async release(): Promise<void> {
    for (const folder of this.#held.splice(0)) await folder[Symbol.asyncDispose]();
  }

  get #folder(): PinnedFolder {
    const folder = this.#held.at(-1);
    if (!folder) throw new Error('no folder is held');
    return folder;
  }

  async #look(name: string): Promise<BigIntStats | undefined> {
    try {
      return await lstat(this.#folder.at(name), { bigint: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #enter(name: string, stats: BigIntStats | undefined): Promise<Result<undefined>> {
    if (stats === undefined && this.#options.makesFolders) await makeOne(this.#folder.at(name));
    else if (stats === undefined)
      return refuse(`Parent directory does not exist: ${shownPath([...this.#way, name].join('/'))}`);
    else if (!stats.isDirectory())
      return refuse(`Not a directory: ${shownPath([...this.#way, name].join('/'))}`);
    this.#held.push(await this.#folder.enter(name));
    this.#way.push(name);
    return ok(undefined);
  }

  async #leave(): Promise<void> {
    await this.#held.pop()?.[Symbol.asyncDispose]();
    this.#way.pop();
  }

  /** The parts that a link stands for, from where the walk is then. */
  async #follow(name: string): Promise<Result<string[]>> {
    this.#links += 1;
    if (this.#links > MAX_LINKS) return refuse(`ELOOP: too many symbolic links, ${shownPath(this.#path)}`);
    const target = await readlink(this.#folder.at(name));
    if (!isAbsolute(target)) return ok(target.split(sep).filter(isPart));
    const within = partsWithin(this.#root, target);
    if (!within.ok) return this.#leadsOut();
    while (this.#way.length > 0) await this.#leave();
    return ok(within.value.filter(isPart));
  }

  #leadsOut(): Result<never> {
    return refuse(
      `Access denied - symlink target outside allowed directories: ${shownPath(this.#path)} leads out of ${shownPath(this.#root.real)}`,
    );
  }

  #found(name: string, stats: BigIntStats | undefined): Result<Located> {
    const folder = this.#held.pop();
    if (!folder) throw new Error('no folder is held');
    const way = name === '.' ? this.#way : [...this.#way, name];
    return ok({ folder, name, stats, way, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() });
  }
}

function isPart(part: string): boolean {
  return part !== '' && part !== '.';
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    // Somebody else was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
