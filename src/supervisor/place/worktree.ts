/**
 * Makes the worktree of a project, and the measure dir of it; makes again what is lost. Recorded before git is asked, so
 * that what a killed supervisor has half made is known and completed.
 */
import { baseTip, hasFolder } from '../../bridge/isolation.ts';
import { recordWorktree, worktreeOf, worktreeReady } from '../../bridge/worktrees.ts';
import { takeFingerprint } from '../../git/fingerprint.ts';
import { keepBase, newestRound, takeBackRounds } from '../../git/measure-base.ts';
import { createMeasureDir } from '../../git/measure-dir.ts';
import { recreateWorktree } from '../../git/recreate-worktree.ts';
import { commitAt, inspectRepository, type Repository } from '../../git/repository.ts';
import { repositoryGit } from '../../git/repository-git.ts';
import { type AddedWorktree, addWorktree, type WorktreePlan } from '../../git/worktree.ts';
import { makePrivateFolder } from '../../make-folder.ts';
import type { Outcome } from '../../project/outcome.ts';
import type { Project } from '../../project/project.ts';
import { lockReason, type Worktree } from '../../project/worktree.ts';
import type { WorktreeRefusal } from '../../project/worktree-refusal.ts';
import { ok, type Refusal, type Result, refuse } from '../../result.ts';
import { measureFolder, worktreeFolder, worktreesFolder } from '../../state-folder.ts';
import type { Context } from '../context.ts';
import { retryTransient } from '../transient.ts';
import { digestsOf, keepFingerprint } from './kept-fingerprint.ts';

export interface MadeWorktree {
  readonly worktree: Worktree;
  /** Whether its ignored files, such as what `prepare` makes, are not there. */
  readonly isNew: boolean;
}

/** Makes it, or finds it as it was left. Throws StoreError, LeaseLost and the system's errors. */
export async function makeWorktree(
  context: Context,
  project: Project,
): Promise<Result<MadeWorktree, Outcome>> {
  const { bridge, env } = context;
  const repository = await inspectRepository(project.workspace, env);
  if (repository.kind === 'none') return refused('no-repository', project.workspace);
  if (repository.kind === 'refused') return refused(repository.cause, repository.detail);
  const recorded = await worktreeOf(bridge, project.id);
  const begun = recorded ? ok(recorded) : await begin(context, project, repository);
  if (!begun.ok) return begun;
  const worktree = begun.value;
  makePrivateFolder(worktreesFolder(bridge.stateDir));
  return worktree.state === 'adding'
    ? add(context, worktree, repository)
    : restore(context, worktree, repository);
}

function refused(cause: WorktreeRefusal, detail: string): Refusal<Outcome> {
  return refuse({ kind: 'worktree_refused', cause, detail });
}

/** Records what is to be made: the base is where its branch is now, at the claim. */
async function begin(
  context: Context,
  { id, title, base }: Project,
  repository: Repository,
): Promise<Result<Worktree, Outcome>> {
  const { bridge, env, lease } = context;
  const { stateDir } = bridge;
  if (repository.bare) return refused('bare', '');
  const { git } = await repositoryGit(repository.topLevel, env);
  const tip = base === null ? null : await baseTip(git, base);
  if (base === null || tip === null)
    return repository.headOid === null ? refused('unborn', '') : refused('base-gone', base ?? '');
  if (!(await hasFolder(git, repository, tip))) return refused('folder-not-in-base', base);
  const isBranch = (await commitAt(git, `refs/heads/${base}`)) !== null;
  const place = {
    repo: repository.topLevel,
    path: worktreeFolder(stateDir, id),
    subdir: repository.prefix.replace(/\/$/, ''),
    branch: branchOf(id, title),
    baseRef: isBranch ? base : null,
    baseOid: tip,
    measureDir: measureFolder(stateDir, id),
  };
  return ok(await retryTransient(context, () => recordWorktree(lease, id, place)));
}

const MAX_SLUG_CHARACTERS = 40;

/** Such as `bridge/7f…-fix-the-login`. */
export function branchOf(projectId: string, title: string): string {
  const words =
    title
      .normalize('NFKD')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  const slug = words.join('-').slice(0, MAX_SLUG_CHARACTERS).replace(/-$/, '');
  return `bridge/${projectId}${slug === '' ? '' : `-${slug}`}`;
}

function planOf({ projectId, path, branch, baseOid }: Worktree): WorktreePlan {
  return { path, branch, base: baseOid, reason: lockReason(projectId) };
}

/** Nobody has worked in it: its index is as git wrote it. */
async function add(
  context: Context,
  worktree: Worktree,
  repository: Repository,
): Promise<Result<MadeWorktree, Outcome>> {
  const { env, lease } = context;
  const { projectId, path, measureDir } = worktree;
  const added = await addWorktree(repository, planOf(worktree), env);
  if (added.kind === 'refused') return refused(added.cause, added.detail);
  const measurable = await makeMeasureDir(context, worktree, repository, added.gitDir);
  if (!measurable.ok) return measurable;
  const fingerprint = await takeFingerprint(repository, path, env);
  await keepFingerprint(measureDir, fingerprint);
  const digests = digestsOf(fingerprint);
  await retryTransient(context, () => worktreeReady(lease, projectId, digests));
  tellFiltersOff(context, worktree, added);
  return ok({ worktree: { ...worktree, ...digests, state: 'ready' }, isNew: true });
}

/** Makes a lost folder again, as it was submitted last. */
async function restore(
  context: Context,
  worktree: Worktree,
  repository: Repository,
): Promise<Result<MadeWorktree, Outcome>> {
  const { env, log } = context;
  const { projectId, path, measureDir, baseOid } = worktree;
  const measurable = await makeMeasureDir(context, worktree, repository, null);
  if (!measurable.ok) return measurable;
  await takeBackRounds(measureDir, repository, projectId, env);
  const commit = (await newestRound(measureDir, projectId, env)) ?? baseOid;
  const made = await recreateWorktree(repository, planOf(worktree), { measureDir, commit }, env);
  if (made.kind === 'refused') return refused(made.cause, made.detail);
  if (!made.wasThere)
    log.warn('worktree.restored', { project: projectId, path, commit }, 'its folder was gone');
  return ok({ worktree, isNew: !made.wasThere });
}

async function makeMeasureDir(
  { env }: Context,
  { measureDir, path, baseOid }: Worktree,
  repository: Repository,
  freshGitDir: string | null,
): Promise<Result<void, Outcome>> {
  const made = await createMeasureDir({ measureDir, folder: path, repository, freshGitDir }, env);
  if (made.kind === 'failed') return refused(made.cause, made.detail);
  await keepBase(measureDir, baseOid, env);
  return ok(undefined);
}

function tellFiltersOff(
  { log }: Context,
  { projectId }: Worktree,
  { filtersOff }: AddedWorktree & { kind: 'added' },
) {
  if (filtersOff.length === 0) return;
  const about = 'filters that the repository names are not started: such files stay as they are kept in it';
  log.warn('worktree.filters_off', { project: projectId, filters: filtersOff.join(', ') }, about);
}
