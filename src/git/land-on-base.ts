/**
 * Moves the branch that the work began from, forward only. A branch that is checked out moves with the files of that
 * checkout, by git's own fast-forward; any other by a fetch, which sees every checkout, also under a rebase (seen with
 * git 2.39: `update-ref` would not).
 */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import { FETCH, FETCH_CONFIG } from './bring-commit.ts';
import { type Git, reasonOf, textOf } from './git.ts';
import { type LandingResult, type RefusedLanding, refused } from './landing-outcome.ts';
import { isAncestor } from './merge.ts';
import { bytesOf, type FileName, fieldsOf, fileName, nameOf } from './names.ts';
import { commitAt, isThere, type Repository } from './repository.ts';
import { type RepositoryGit, repositoryGit } from './repository-git.ts';
import { diffTrees, GITLINK, type TreeChange } from './tree-diff.ts';
import { listWorktrees } from './worktree-list.ts';

interface BasePlan {
  readonly measureDir: string;
  readonly commit: string;
  readonly branch: string;
}

/** Lands a commit that the repository has. */
export async function landOnBase(
  { topLevel }: Repository,
  { measureDir, commit, branch }: BasePlan,
  env: Environment,
): Promise<LandingResult> {
  const { git } = await repositoryGit(topLevel, env);
  const target = `refs/heads/${branch}`;
  const from = await commitAt(git, target);
  if (from === null) return refused('base-gone', branch);
  if (await isAncestor(git, commit, from))
    return { kind: 'landed', target, from: null, to: commit, wasThere: true, checkout: null };
  if (!(await isAncestor(git, from, commit))) return refused('base-moved', from);
  const diff = await diffTrees(measureDir, { from, to: commit }, env);
  if (diff.kind === 'failed') return refused('failed', diff.detail);
  const moved = diff.changes.filter(({ mode, oldMode }) => mode === GITLINK || oldMode === GITLINK);
  if (moved.length > 0) return refused('submodule-moved', '', moved.map(nameOf));
  const holder = (await listWorktrees(git)).find((worktree) => worktree.branch === branch);
  const failure = holder
    ? await fastForward(holder.path, commit, diff.changes, env)
    : await moveUnseen(git, commit, target);
  if (failure) {
    const now = await commitAt(git, target);
    // Somebody was faster, between the look and git's own.
    return now === null || now === from ? failure : refused('base-moved', now);
  }
  const to = await commitAt(git, target);
  if (to !== commit) return refused('read-back', `${target} is at ${to}`);
  return { kind: 'landed', target, from, to, wasThere: false, checkout: holder?.path ?? null };
}

async function moveUnseen(git: Git, commit: string, target: string): Promise<RefusedLanding | undefined> {
  const moved = await git([...FETCH, '.', `${commit}:${target}`], { config: FETCH_CONFIG });
  if (moved.code === 0) return undefined;
  const isHeld = /refusing to fetch into/.test(moved.stderr);
  return refused(isHeld ? 'operation-in-progress' : 'branch-moved', reasonOf(moved));
}

async function fastForward(
  checkout: string,
  commit: string,
  changes: readonly TreeChange[],
  env: Environment,
): Promise<RefusedLanding | undefined> {
  const place = await repositoryGit(checkout, env);
  const obstacle = await obstacleIn(place, checkout, changes);
  if (obstacle) return obstacle;
  const merged = await place.git([...FAST_FORWARD, commit]);
  if (merged.code === 0) return undefined;
  // What git met may have come after the look.
  return (await obstacleIn(place, checkout, changes)) ?? refused('failed', reasonOf(merged));
}

async function obstacleIn(
  place: RepositoryGit,
  checkout: string,
  changes: readonly TreeChange[],
): Promise<RefusedLanding | undefined> {
  return (
    (await activityIn(place.git)) ??
    (await dirtIn(place.git)) ??
    (await filesInTheWay(checkout, changes)) ??
    (await filteredIn(place, changes))
  );
}

/** An ignored file counts as one in the way: by default git overwrites it. */
const FAST_FORWARD = [
  ...['merge', '--quiet', '--ff-only', '--no-overwrite-ignore', '--no-autostash', '--no-stat'],
  ...['--no-verify-signatures', '--no-edit', '--end-of-options'],
];

const OPERATIONS = [
  ['MERGE_HEAD', 'merge'],
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['BISECT_LOG', 'bisect'],
] as const;

async function activityIn(git: Git): Promise<RefusedLanding | undefined> {
  const gitDir = textOf(await git(['rev-parse', '--absolute-git-dir']));
  const lock = join(gitDir, 'index.lock');
  if (await isThere(lock)) return refused('index-locked', lock);
  for (const [file, operation] of OPERATIONS)
    if (await isThere(join(gitDir, file))) return refused('operation-in-progress', operation);
  return undefined;
}

async function dirtIn(git: Git): Promise<RefusedLanding | undefined> {
  const words = ['--untracked-files=no', '--no-renames', '--ignore-submodules=dirty'];
  const status = await git(['status', '--porcelain=v1', '-z', ...words]);
  if (status.code !== 0) return refused('failed', reasonOf(status));
  // `XY name`
  const names = fieldsOf(status.stdout).map((field) => fileName(field.subarray(3)));
  return names.length > 0 ? refused('base-dirty', '', names) : undefined;
}

/**
 * Nothing differs from the commit there, so what is at the place of a new file is in no commit. Where names that differ
 * in their case are one file, it may be the file that the commit renames.
 */
async function filesInTheWay(
  checkout: string,
  changes: readonly TreeChange[],
): Promise<RefusedLanding | undefined> {
  const removed = changes.flatMap(({ status, path, oldPath }) => (status === 'D' ? path : (oldPath ?? [])));
  const gone = new Set(removed.map((path) => path.toLowerCase()));
  const names: FileName[] = [];
  for (const change of changes.filter(({ oldMode, status }) => oldMode === null || status === 'R')) {
    const path = Buffer.concat([Buffer.from(`${checkout}/`), bytesOf(change)]);
    const found = await lstat(path).catch(() => undefined);
    // A folder gives way when all in it is removed; git looks.
    if (found && !found.isDirectory() && !gone.has(change.path.toLowerCase())) names.push(nameOf(change));
  }
  return names.length > 0 ? refused('untracked-in-the-way', '', names) : undefined;
}

/** Without its filter a file would be written in another form than the person's own git writes it. */
async function filteredIn(
  { git, filtersOff }: RepositoryGit,
  changes: readonly TreeChange[],
): Promise<RefusedLanding | undefined> {
  if (filtersOff.length === 0) return undefined;
  const names = changes.map((change) => Buffer.concat([bytesOf(change), Buffer.from([0])]));
  const asked = await git(['check-attr', '-z', '--stdin', 'filter'], { input: Buffer.concat(names) });
  if (asked.code !== 0) return refused('failed', reasonOf(asked));
  const fields = fieldsOf(asked.stdout);
  // Name, attribute, value, and again.
  const filtered = fields.filter(
    (_, at) => at % 3 === 0 && filtersOff.includes(fields[at + 2]?.toString() ?? ''),
  );
  return filtered.length > 0 ? refused('filtered', '', filtered.map(fileName)) : undefined;
}
