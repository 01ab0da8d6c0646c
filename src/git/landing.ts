/**
 * Brings a commit from its measure dir to where a person wants it, and reads back whether it is there. Nothing of the
 * person's is overwritten, moved aside or undone: where something is in the way, the landing is refused and says what.
 * Calling it again after a kill at any moment lands once, or finds that it has landed.
 */
import type { Environment } from '../environment.ts';
import { type BroughtCommit, bringCommit } from './bring-commit.ts';
import { landOnBase } from './land-on-base.ts';
import { landOnBranch } from './land-on-branch.ts';
import type { LandingResult, RefusedLanding } from './landing-outcome.ts';
import { pushCommit } from './push-commit.ts';
import type { Repository } from './repository.ts';
import { repositoryGit } from './repository-git.ts';

/** What was approved, or a merge commit of that and the base; the ref, such as `refs/bridge/ID/ROUND`, keeps it. */
export interface LandingPlan extends BroughtCommit {
  readonly action: LandingAction;
}

export type LandingAction =
  /** The branch that the work began from. */
  | { readonly kind: 'merge'; readonly branch: string }
  /** A branch of its own, checked out in its own work tree or nowhere. */
  | { readonly kind: 'branch'; readonly branch: string; readonly worktree: string }
  /** A branch of its own on a remote of the repository; never the one that the work began from. */
  | { readonly kind: 'push'; readonly branch: string; readonly remote: string; readonly base: string };

/** Keeps a commit in the repository under its ref, and nothing else. Throws when the repository cannot be read. */
export async function keepInRepository(
  repository: Repository,
  brought: BroughtCommit,
  env: Environment,
): Promise<RefusedLanding | undefined> {
  const { git } = await repositoryGit(repository.topLevel, env);
  return bringCommit(repository, git, brought);
}

/** Lands it. Throws when the repository cannot be read. */
export async function land(
  repository: Repository,
  plan: LandingPlan,
  env: Environment,
): Promise<LandingResult> {
  const { action, ...brought } = plan;
  const { git } = await repositoryGit(repository.topLevel, env);
  const missing = await bringCommit(repository, git, brought);
  if (missing) return missing;
  if (action.kind === 'merge') return landOnBase(repository, { ...brought, ...action }, env);
  if (action.kind === 'branch') return landOnBranch(repository, { ...brought, ...action }, env);
  return pushCommit(repository, { ...brought, ...action }, env);
}
