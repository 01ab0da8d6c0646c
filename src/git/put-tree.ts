/**
 * Puts another tree into a folder, and brings back the one that was there. Files that no tree can hold, and those that
 * git ignores, stay where they are, unless the tree has a file of that name.
 */
import type { Environment } from '../environment.ts';
import { reasonOf, textOf } from './git.ts';
import { markOf } from './leftover.ts';
import { measureGit } from './measure-dir.ts';
import { measureTree } from './measure-tree.ts';

export type PutTree =
  /** The tree that was there when the first one was put. */
  { readonly kind: 'put'; readonly before: string } | { readonly kind: 'failed'; readonly detail: string };

/**
 * Puts `tree` into the folder of the measure dir, which remembers what was there. Calling it again, also after a kill,
 * forgets nothing of that.
 */
export async function putTree(
  measureDir: string,
  folder: string,
  tree: string,
  env: Environment,
): Promise<PutTree> {
  const now = await measureTree(measureDir, folder, env);
  if (now.kind === 'unmeasured') return { kind: 'failed', detail: now.detail };
  const git = measureGit(measureDir, null, env);
  const kept = await git(['rev-parse', '--quiet', '--verify', BEFORE]);
  const before = kept.code === 0 ? textOf(kept) : now.tree;
  if (kept.code !== 0) {
    const noted = await git(['update-ref', BEFORE, now.tree], marked(measureDir));
    if (noted.code !== 0) return { kind: 'failed', detail: reasonOf(noted) };
  }
  const failure = await write(measureDir, folder, tree, env);
  return failure ?? { kind: 'put', before };
}

/** Brings back what was there before `putTree`; nothing to do where that was never called. */
export async function putBack(
  measureDir: string,
  folder: string,
  env: Environment,
): Promise<{ readonly kind: 'back' } | (PutTree & { kind: 'failed' })> {
  const git = measureGit(measureDir, null, env);
  const kept = await git(['rev-parse', '--quiet', '--verify', BEFORE]);
  if (kept.code !== 0) return { kind: 'back' };
  // What is there now goes, also files that are new since.
  const now = await measureTree(measureDir, folder, env);
  if (now.kind === 'unmeasured') return { kind: 'failed', detail: now.detail };
  // Somebody may have worked in it after a kill: their content is kept in the measure dir.
  await git(['update-ref', REPLACED, now.tree], marked(measureDir));
  const failure = await write(measureDir, folder, textOf(kept), env);
  if (failure) return failure;
  await git(['update-ref', '-d', BEFORE], marked(measureDir));
  return { kind: 'back' };
}

/**
 * What changes the folder, or what is known of it, is ended by whoever measures it next: one that forgot later what was there
 * would leave the other tree in the folder.
 */
function marked(measureDir: string) {
  return { variables: markOf(measureDir) };
}

const BEFORE = 'refs/bridge-before';
const REPLACED = 'refs/bridge-replaced';

async function write(measureDir: string, folder: string, tree: string, env: Environment) {
  // The index is what was just measured: all that is not in the tree goes, and only that.
  const words = ['read-tree', '--reset', '-u', tree];
  const written = await measureGit(measureDir, folder, env)(words, marked(measureDir));
  return written.code === 0 ? undefined : ({ kind: 'failed', detail: reasonOf(written) } as const);
}
