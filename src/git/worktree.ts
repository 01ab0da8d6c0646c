/**
 * Makes work trees for runs: locked, so that no `git worktree prune` takes them, with hooks off, and with a branch of
 * their own. What a killed caller has half made is completed.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import { findExecutable } from '../machine/executable.ts';
import { type Git, type GitValue, reasonOf, textOf } from './git.ts';
import { clearLeftovers, markOf } from './leftover.ts';
import { commitAt, isThere, type Repository, usesLfs } from './repository.ts';
import { repositoryGit } from './repository-git.ts';
import { findEntry, leadsTo, removeUnlinked } from './worktree-entry.ts';

export interface WorktreePlan {
  /** Absolute; must not exist yet, or be an empty folder. */
  readonly path: string;
  /** Made here; one that is there must still be at `base`. */
  readonly branch: string;
  /** The commit to begin from. */
  readonly base: string;
  /** Why it is locked; also by this a half-made one is recognised. */
  readonly reason: string;
}

export type WorktreeCause =
  | 'base-gone'
  | 'branch-exists'
  /** `detail` is the branch in the way: git keeps no branch `a` beside `a/b`. */
  | 'branch-in-the-way'
  /** The repository has the work tree, and its folder is missing or leads elsewhere. */
  | 'folder-lost'
  | 'lfs-unavailable'
  | 'path-exists'
  | 'failed';

export type AddedWorktree =
  | {
      readonly kind: 'added';
      /** Its private part of the repository: HEAD, index. */
      readonly gitDir: string;
      /** Whether an earlier call had already made it. */
      readonly wasThere: boolean;
      /** Filters that the repository names and we do not start; files with such an attribute stay as they are kept. */
      readonly filtersOff: readonly string[];
    }
  | { readonly kind: 'refused'; readonly cause: WorktreeCause; readonly detail: string };

/** Enough for a large repository on a slow disk. */
const CHECKOUT_LIMIT_MS = 600_000;

/** Adds a work tree. Calling it again with the same plan, also after a kill, leads to the same work tree. */
export async function addWorktree(
  repository: Repository,
  plan: WorktreePlan,
  env: Environment,
): Promise<AddedWorktree> {
  const { git, filtersOff } = await repositoryGit(repository.topLevel, env);
  const there = await existing(repository, plan, env);
  if (there) return there.kind === 'added' ? { ...there, filtersOff } : there;
  const branch = await branchState(git, plan);
  if (typeof branch === 'object') return branch;
  if (!(await isEmptyOrMissing(plan.path))) return refusedWorktree('path-exists', plan.path);
  if ((await commitAt(git, plan.base)) === null) return refusedWorktree('base-gone', plan.base);
  const lfs = await lfsConfig(git, plan.base, env);
  if (lfs === undefined) return refusedWorktree('lfs-unavailable', '');
  const target = branch === 'new' ? ['-b', plan.branch, plan.path, plan.base] : [plan.path, plan.branch];
  const added = await git(
    ['worktree', 'add', '--quiet', '--lock', '--reason', plan.reason, '--no-guess-remote', ...target],
    { config: lfs, timeoutMs: CHECKOUT_LIMIT_MS, variables: markOf(plan.path) },
  );
  if (added.code !== 0) {
    // A failed call may have made the branch (seen with git 2.39).
    if (branch === 'new') await git(['update-ref', '-d', `refs/heads/${plan.branch}`, plan.base]);
    return refusedWorktree('failed', reasonOf(added));
  }
  const entry = await findEntry(repository.commonDir, plan.path);
  return entry
    ? { kind: 'added', gitDir: entry.gitDir, wasThere: false, filtersOff }
    : refusedWorktree('failed', `git lists no work tree at ${plan.path}`);
}

export function refusedWorktree(cause: WorktreeCause, detail: string): AddedWorktree {
  return { kind: 'refused', cause, detail };
}

/**
 * What an earlier call has left, completed; undefined when there is nothing. Git writes the index last: a work tree
 * without one was interrupted while its files were written, and nobody has worked in it.
 */
async function existing(
  { topLevel, commonDir }: Repository,
  { path, branch, base, reason }: WorktreePlan,
  env: Environment,
): Promise<AddedWorktree | undefined> {
  await removeUnlinked(commonDir, reason);
  const entry = await findEntry(commonDir, path);
  if (!entry) return undefined;
  const { gitDir } = entry;
  const isWhole = await isThere(join(gitDir, 'index'));
  if (entry.lock !== reason) return refusedWorktree('path-exists', path);
  if (!(await leadsTo(path, entry))) {
    if (isWhole || !(await isEmptyOrMissing(path))) return refusedWorktree('folder-lost', path);
    await rm(gitDir, { recursive: true });
    return undefined;
  }
  await clearLeftovers(path, gitDir);
  if (isWhole) return { kind: 'added', gitDir, wasThere: true, filtersOff: [] };
  const { git: main } = await repositoryGit(topLevel, env);
  if ((await commitAt(main, `refs/heads/${branch}`)) !== base)
    return refusedWorktree('branch-exists', branch);
  const lfs = await lfsConfig(main, base, env);
  if (lfs === undefined) return refusedWorktree('lfs-unavailable', '');
  const { git } = await repositoryGit(path, env);
  await git(['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
  const options = { config: lfs, timeoutMs: CHECKOUT_LIMIT_MS, variables: markOf(path) };
  const filled = await git(['reset', '--quiet', '--hard', base], options);
  return filled.code === 0
    ? { kind: 'added', gitDir, wasThere: true, filtersOff: [] }
    : refusedWorktree('failed', reasonOf(filled));
}

export async function isEmptyOrMissing(path: string): Promise<boolean> {
  return readdir(path).then(
    (names) => names.length === 0,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
}

async function branchState(
  git: Git,
  { branch, base }: WorktreePlan,
): Promise<AddedWorktree | 'new' | 'at-base'> {
  const [first = ''] = branch.split('/');
  const listed = await git(['for-each-ref', '--format=%(refname:lstrip=2)', `refs/heads/${first}`]);
  const names = textOf(listed).split('\n');
  const inTheWay = names.find((name) => branch.startsWith(`${name}/`) || name.startsWith(`${branch}/`));
  if (inTheWay !== undefined && inTheWay !== '') return refusedWorktree('branch-in-the-way', inTheWay);
  if (!names.includes(branch)) return 'new';
  return (await commitAt(git, `refs/heads/${branch}`)) === base
    ? 'at-base'
    : refusedWorktree('branch-exists', branch);
}

/** What Git LFS needs, for a commit that uses it; undefined when it is not installed. */
async function lfsConfig(
  git: Git,
  commit: string,
  env: Environment,
): Promise<readonly GitValue[] | undefined> {
  if (!(await usesLfs(git, commit))) return [];
  return findExecutable('git-lfs', env.PATH) === undefined ? undefined : LFS_CONFIG;
}

/** As `git lfs install` writes it, which the person may have done or not. */
const LFS_CONFIG: readonly GitValue[] = [
  ['filter.lfs.clean', 'git-lfs clean -- %f'],
  ['filter.lfs.smudge', 'git-lfs smudge -- %f'],
  ['filter.lfs.process', 'git-lfs filter-process'],
  ['filter.lfs.required', 'true'],
];
