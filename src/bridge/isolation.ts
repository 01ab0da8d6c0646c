/** Where the work of a plan is done, and from what it begins: decided when the plan is sent. */
import type { Environment } from '../environment.ts';
import type { Git } from '../git/git.ts';
import { commitAt, inspectRepository, type Repository, usesLfs } from '../git/repository.ts';
import { repositoryGit } from '../git/repository-git.ts';
import { findExecutable } from '../machine/executable.ts';
import type { Settings } from '../project/settings.ts';
import type { WorkRules } from '../project/work-rules.ts';
import type { Isolation } from '../project/workspace.ts';
import { describeRefusal, type WorktreeRefusal } from '../project/worktree-refusal.ts';
import { ok, type Refusal, type Result, refuse } from '../result.ts';

export interface ChosenIsolation {
  readonly isolation: Isolation;
  /** The branch to begin from, or the commit where none is checked out; null in place. */
  readonly base: string | null;
}

const IN_PLACE: ChosenIsolation = { isolation: 'in_place', base: null };

/**
 * A worktree of its own where `folder` belongs to a git repository, unless the owner, or the plan within what the owner
 * allows, says otherwise. Refuses what no worktree can be made of, as far as it is known now.
 *
 * @param folder Null for the folder that the project gets of its own.
 */
export async function chooseIsolation(
  folder: string | null,
  rules: Pick<WorkRules, 'isolation' | 'base'>,
  asked: Pick<Settings, 'isolation' | 'base'>,
  env: Environment,
): Promise<Result<ChosenIsolation>> {
  if (folder === null || (asked.isolation ?? rules.isolation) === 'in_place') return ok(IN_PLACE);
  const found = await inspectRepository(folder, env);
  if (found.kind === 'none') return ok(IN_PLACE);
  if (found.kind === 'refused') {
    // Without such a git nothing can be measured either; the doctor says so.
    const isMissing = found.cause === 'no-git' || found.cause === 'git-too-old';
    return isMissing ? ok(IN_PLACE) : notUsable(folder, found.cause, found.detail);
  }
  if (found.bare) return notUsable(folder, 'bare', '');
  const base = asked.base ?? rules.base ?? found.headBranch ?? found.headOid ?? '';
  return worktreeFrom(folder, found, base, env);
}

async function worktreeFrom(
  folder: string,
  repository: Repository,
  base: string,
  env: Environment,
): Promise<Result<ChosenIsolation>> {
  const { git } = await repositoryGit(repository.topLevel, env);
  const tip = await baseTip(git, base);
  if (tip === null)
    return repository.headOid === null
      ? notUsable(folder, 'unborn', '')
      : notUsable(folder, 'base-gone', base);
  // A folder in a repository that keeps nothing of it, such as one below a home folder that is one.
  if (!(await hasFolder(git, repository, tip))) return ok(IN_PLACE);
  const inTheWay = await git(['show-ref', '--verify', '--quiet', 'refs/heads/bridge']);
  if (inTheWay.code === 0) return notUsable(folder, 'branch-in-the-way', 'bridge');
  if ((await usesLfs(git, tip)) && findExecutable('git-lfs', env.PATH) === undefined)
    return notUsable(folder, 'lfs-unavailable', '');
  return ok({ isolation: 'worktree', base });
}

/** The commit that `base`, a branch or a commit, leads to now; null when it leads to none. */
export async function baseTip(git: Git, base: string): Promise<string | null> {
  return (
    (await commitAt(git, `refs/heads/${base}`)) ??
    (/^[0-9a-f]{40,64}$/.test(base) ? commitAt(git, base) : null)
  );
}

/** Whether the commit has the folder that the repository was looked at from. */
export async function hasFolder(
  git: Git,
  { prefix }: Pick<Repository, 'prefix'>,
  commit: string,
): Promise<boolean> {
  if (prefix === '') return true;
  const asked = await git(['cat-file', '-e', `${commit}:${prefix.replace(/\/$/, '')}`]);
  return asked.code === 0;
}

function notUsable(folder: string, cause: WorktreeRefusal, detail: string): Refusal {
  return refuse(`${folder} cannot be worked on in a worktree: ${describeRefusal(cause, detail)}.`);
}
