/** Brings a commit from its measure dir into the repository, under a ref that keeps it. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { type Git, type GitValue, reasonOf, textOf } from './git.ts';
import { type RefusedLanding, refused } from './landing-outcome.ts';
import { commitAt, isThere, type Repository } from './repository.ts';

export interface BroughtCommit {
  readonly measureDir: string;
  readonly commit: string;
  /** The tree it must have. */
  readonly tree: string;
  readonly ref: string;
}

/** Undefined when it is there. */
export async function bringCommit(
  { commonDir }: Repository,
  git: Git,
  { measureDir, commit, tree, ref }: BroughtCommit,
): Promise<RefusedLanding | undefined> {
  const kept = await commitAt(git, ref);
  if (kept !== null && kept !== commit) return refused('ref-taken', kept);
  if (kept === null) {
    const fetched = await git([...FETCH, measureDir, `${commit}:${ref}`], { config: FETCH_CONFIG });
    if (fetched.code !== 0) {
      const has = await git([`--git-dir=${measureDir}`, 'cat-file', '-e', `${commit}^{commit}`]);
      return refused(has.code === 0 ? 'failed' : 'other-commit', reasonOf(fetched));
    }
  }
  await bringLfsFiles(measureDir, commonDir);
  // A tree is named by its content: this is what was approved, to the last byte.
  const asked = await git(['rev-parse', '--verify', '--end-of-options', `${ref}^{tree}`]);
  if (asked.code !== 0) return refused('failed', reasonOf(asked));
  const found = textOf(asked);
  return found === tree ? undefined : refused('other-commit', found);
}

/**
 * Fetches what the command names and nothing else, whatever is configured. A git that does not show forced updates does
 * not look for them either: it moves a branch to any commit, and drops what it had (seen with git 2.39).
 */
export const FETCH = [
  ...['fetch', '--quiet', '--no-tags', '--no-prune', '--no-write-fetch-head', '--no-recurse-submodules'],
  ...['--no-auto-maintenance', '--show-forced-updates', '--refmap=', '--upload-pack=git-upload-pack'],
];

export const FETCH_CONFIG: readonly GitValue[] = [
  ['fetch.writeCommitGraph', 'false'],
  ['fetch.prune', 'false'],
];

/** Git LFS keeps files beside the objects, where its filter has put them while measuring. */
async function bringLfsFiles(measureDir: string, commonDir: string): Promise<void> {
  const from = join(measureDir, 'lfs', 'objects');
  if (await isThere(from))
    await cp(from, join(commonDir, 'lfs', 'objects'), { recursive: true, force: false });
}
