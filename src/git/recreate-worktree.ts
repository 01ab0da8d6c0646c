/** Makes a work tree again whose folder is lost, with the content of a commit in its measure dir. */
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import { type Git, reasonOf } from './git.ts';
import { clearLeftovers, markOf } from './leftover.ts';
import { measureGit } from './measure-dir.ts';
import { commitAt, isThere, type Repository } from './repository.ts';
import { repositoryGit } from './repository-git.ts';
import { type AddedWorktree, isEmptyOrMissing, refusedWorktree, type WorktreePlan } from './worktree.ts';
import { findEntry, leadsTo, removeUnlinked, type WorktreeEntry } from './worktree-entry.ts';

export interface LostContent {
  readonly measureDir: string;
  readonly commit: string;
}

/**
 * Its branch stays where it is; where that is gone too, it begins at `base` again. What differs between the branch and
 * the content is a change that is in no commit, as it was. Nothing else comes into the repository. Calling it again
 * after a kill completes it; a work tree that is not lost stays as it is.
 */
export async function recreateWorktree(
  repository: Repository,
  plan: WorktreePlan,
  content: LostContent,
  env: Environment,
): Promise<AddedWorktree> {
  const { path, reason } = plan;
  const { commonDir } = repository;
  const { git, filtersOff } = await repositoryGit(repository.topLevel, env);
  await removeUnlinked(commonDir, reason);
  const lost = await findEntry(commonDir, path);
  // Null where an earlier call was killed.
  if (lost && lost.lock !== null && lost.lock !== reason) return refusedWorktree('path-exists', lost.lock);
  const isLinked = lost !== undefined && (await leadsTo(path, lost));
  if (isLinked && (await isWhole(lost)))
    return { kind: 'added', gitDir: lost.gitDir, wasThere: true, filtersOff };
  if (!isLinked) {
    if (!(await isEmptyOrMissing(path))) return refusedWorktree('path-exists', path);
    const failure = await addUnfilled(git, plan, lost !== undefined);
    if (failure) return failure;
  }
  const entry = await findEntry(commonDir, path);
  if (!entry) return refusedWorktree('failed', `git lists no work tree at ${path}`);
  await clearLeftovers(path, entry.gitDir);
  const failure = await fill(plan, content, env);
  return failure ?? { kind: 'added', gitDir: entry.gitDir, wasThere: false, filtersOff };
}

function isWhole({ gitDir }: WorktreeEntry): Promise<boolean> {
  return isThere(join(gitDir, 'index'));
}

async function addUnfilled(
  git: Git,
  { path, branch, base, reason }: WorktreePlan,
  isListed: boolean,
): Promise<AddedWorktree | undefined> {
  await rmdir(path).catch(() => undefined);
  if (isListed) {
    await git(['worktree', 'unlock', path]);
    const removed = await git(['worktree', 'remove', path]);
    if (removed.code !== 0) return refusedWorktree('failed', reasonOf(removed));
  }
  const isBranch = (await commitAt(git, `refs/heads/${branch}`)) !== null;
  const target = isBranch ? [path, branch] : ['-b', branch, path, base];
  const words = ['worktree', 'add', '--quiet', '--no-checkout', '--lock', '--reason', reason];
  const added = await git([...words, ...target], { variables: markOf(path) });
  return added.code === 0 ? undefined : refusedWorktree('failed', reasonOf(added));
}

/** The index of the work tree comes last: without it the work tree counts as half made. */
async function fill(
  { path, branch }: WorktreePlan,
  { measureDir, commit }: LostContent,
  env: Environment,
): Promise<AddedWorktree | undefined> {
  await clearLeftovers(measureDir, measureDir);
  // It tells of files that are gone.
  await rm(join(measureDir, 'index'), { force: true });
  const measure = measureGit(measureDir, path, env);
  const written = await measure(['read-tree', '--reset', '-u', commit], { variables: markOf(measureDir) });
  if (written.code !== 0) return refusedWorktree('failed', reasonOf(written));
  const { git } = await repositoryGit(path, env);
  for (const words of [
    ['symbolic-ref', 'HEAD', `refs/heads/${branch}`],
    ['read-tree', 'HEAD'],
  ]) {
    const done = await git(words, { variables: markOf(path) });
    if (done.code !== 0) return refusedWorktree('failed', reasonOf(done));
  }
  await git(['update-index', '-q', '--refresh']);
  return undefined;
}
