/**
 * Removes a work tree that holds nothing but a commit that is kept elsewhere: that of the work, or its HEAD. Never by
 * force and never by removing files ourselves: git looks once more, and refuses a change that came in between.
 *
 * Ignored files go with it: they come from preparing, building and checking. So it is kept where the work changed what
 * is ignored, for then a file of worth may be among them.
 */
import { lstat } from 'node:fs/promises';
import type { Environment } from '../environment.ts';
import { type Git, reasonOf, textOf } from './git.ts';
import { measureGit } from './measure-dir.ts';
import { measureTree } from './measure-tree.ts';
import { type FileName, fieldsOf, fileName, nameOf } from './names.ts';
import type { Repository } from './repository.ts';
import { repositoryGit } from './repository-git.ts';
import { diffTrees } from './tree-diff.ts';
import { findEntry, leadsTo } from './worktree-entry.ts';

export interface RemovalPlan {
  readonly path: string;
  /** Why it is locked. */
  readonly reason: string;
  readonly measureDir: string;
  /** What the work began from. */
  readonly base: string;
  /** What it has become, and what the repository has. */
  readonly commit: string;
  /** Only says what a removal would do. */
  readonly dryRun?: boolean;
}

export type KeptCause =
  /** Some files differ from the commit, and from HEAD. */
  | 'changed'
  /** Something in it is in no tree: a nested repository, a submodule with files, an unreadable or special file. */
  | 'unmeasured'
  | 'ignore-rules-changed'
  /** No branch, local or of a remote, has the commit; `detail` is its id. */
  | 'unlanded'
  /** HEAD is at a commit that no ref has. */
  | 'own-commits'
  /** Its folder leads to another repository, or another lock holds it. */
  | 'not-ours'
  /** Git refuses, for the reason it gives. */
  | 'failed';

export interface Removed {
  readonly kind: 'removed';
  /** Ignored files and folders that went, or would go, with it. */
  readonly ignored: readonly FileName[];
}

export interface Kept {
  readonly kind: 'kept';
  readonly cause: KeptCause;
  readonly names: readonly FileName[];
  readonly detail: string;
}

export type Removal = Removed | Kept;

/** Removes it, if nothing is lost by that. What is gone already counts as removed. */
export async function removeWorktree(
  repository: Repository,
  plan: RemovalPlan,
  env: Environment,
): Promise<Removal> {
  const { path, reason, dryRun = false } = plan;
  const entry = await findEntry(repository.commonDir, path);
  const isGone = await lstat(path).then(
    () => false,
    () => true,
  );
  // Null where an earlier call was killed.
  if (entry && entry.lock !== null && entry.lock !== reason) return kept('not-ours', [], entry.lock);
  const { git } = await repositoryGit(repository.topLevel, env);
  if (isGone) {
    // The base was there before the work, and is not ours to lose.
    if (plan.commit !== plan.base && !(await isOnBranch(git, plan.commit)))
      return kept('unlanded', [], plan.commit);
    return dryRun || !entry ? { kind: 'removed', ignored: [] } : remove(git, plan, []);
  }
  if (!entry) return kept('not-ours', [], 'git does not list it');
  if (!(await leadsTo(path, entry))) return kept('not-ours', [], 'its .git leads elsewhere');
  const inTree = (await repositoryGit(path, env)).git;
  const head = textOf(await inTree(['rev-parse', '--verify', 'HEAD']));
  const content = await contentOf(plan, head, env);
  if (content.kind === 'kept') return content;
  const obstacle = await lossOfCommits(git, plan.commit, head, content.commit);
  if (obstacle) return obstacle;
  const ignored = await ignoredIn(plan, env);
  const rules = ignored.filter((name) => RULES.test(name.path));
  if (rules.length > 0) return kept('ignore-rules-changed', rules, '');
  return dryRun
    ? { kind: 'removed', ignored }
    : removeClean(git, inTree, { ...plan, commit: content.commit }, ignored);
}

function kept(cause: KeptCause, names: readonly FileName[], detail: string): Kept {
  return { kind: 'kept', cause, names, detail };
}

const RULES = /(^|\/)\.gitignore$/;

/** The commit that has all that is in the folder. */
async function contentOf(
  { path, measureDir, base, commit }: RemovalPlan,
  head: string,
  env: Environment,
): Promise<Kept | { readonly kind: 'whole'; readonly commit: string }> {
  const measured = await measureTree(measureDir, path, env);
  if (measured.kind === 'unmeasured') return kept('failed', [], measured.detail);
  const names = [...measured.problems.map(({ name }) => name), ...measured.gitlinks];
  if (names.length > 0) return kept('unmeasured', names, '');
  const left = await diffTrees(measureDir, { from: commit, to: measured.tree }, env);
  if (left.kind === 'failed') return kept('failed', [], left.detail);
  // Somebody may have committed there what the work does not have.
  const isHead =
    left.changes.length > 0 && (await sameTree(measureGit(measureDir, null, env), head, measured.tree));
  if (left.changes.length > 0 && !isHead) return kept('changed', left.changes.map(nameOf), '');
  const holder = isHead ? head : commit;
  const work = await diffTrees(measureDir, { from: base, to: holder }, env);
  if (work.kind === 'failed') return kept('failed', [], work.detail);
  const rules = work.changes.filter(
    ({ path: name, oldPath = '' }) => RULES.test(name) || RULES.test(oldPath),
  );
  if (rules.length > 0) return kept('ignore-rules-changed', rules.map(nameOf), '');
  return { kind: 'whole', commit: holder };
}

async function sameTree(measure: Git, commit: string, tree: string): Promise<boolean> {
  const asked = await measure(['rev-parse', '-q', '--verify', '--end-of-options', `${commit}^{tree}`]);
  return asked.code === 0 && textOf(asked) === tree;
}

/** @param content The one of both that has what is in the folder. */
async function lossOfCommits(
  git: Git,
  commit: string,
  head: string,
  content: string,
): Promise<Removal | undefined> {
  for (const oid of new Set([commit, content]))
    if (!(await isOnBranch(git, oid))) return kept('unlanded', [], oid);
  return (await isContained(git, head)) ? undefined : kept('own-commits', [], head);
}

function isOnBranch(git: Git, oid: string): Promise<boolean> {
  return isContained(git, oid, 'refs/heads', 'refs/remotes');
}

async function isContained(git: Git, oid: string, ...where: string[]): Promise<boolean> {
  const asked = await git(['for-each-ref', '--count=1', `--contains=${oid}`, ...where]);
  return asked.code === 0 && asked.stdout.length > 0;
}

/** Folders of which everything is ignored count as one. */
async function ignoredIn({ measureDir, path }: RemovalPlan, env: Environment): Promise<FileName[]> {
  const words = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'];
  const listed = await measureGit(measureDir, path, env)(words);
  return fieldsOf(listed.stdout).map(fileName);
}

/** Its own index may hide changes from git, so git gets one that has the commit and nothing else. */
async function removeClean(
  git: Git,
  inTree: Git,
  plan: RemovalPlan,
  ignored: readonly FileName[],
): Promise<Removal> {
  const before = await inTree(['symbolic-ref', '-q', 'HEAD']);
  for (const words of [
    ['update-ref', '--no-deref', 'HEAD', plan.commit],
    ['read-tree', plan.commit],
    ['update-index', '-q', '--refresh'],
  ]) {
    const done = await inTree(words);
    if (done.code !== 0) return kept('failed', [], reasonOf(done));
  }
  const removal = await remove(git, plan, ignored);
  if (removal.kind === 'kept' && before.code === 0) await inTree(['symbolic-ref', 'HEAD', textOf(before)]);
  return removal;
}

async function remove(
  git: Git,
  { path, reason }: RemovalPlan,
  ignored: readonly FileName[],
): Promise<Removal> {
  // Fails where it was unlocked before.
  await git(['worktree', 'unlock', path]);
  const removed = await git(['worktree', 'remove', path]);
  if (removed.code === 0) return { kind: 'removed', ignored };
  await git(['worktree', 'lock', '--reason', reason, path]);
  return kept('failed', [], reasonOf(removed));
}
