import type { LandingAction } from '../../git/landing.ts';
import type { WorkRules } from '../../project/work-rules.ts';
import { branchName, type Worktree } from '../../project/worktree.ts';

export interface ActionPlan {
  readonly action: LandingAction;
  /** The ref that is to move. */
  readonly target: string;
}

/** What the owner wants with approved work. What began from no branch has none to be merged into, and stays a branch. */
export function actionFor(
  { onApprove, remote }: Pick<WorkRules, 'onApprove' | 'remote'>,
  { branch, baseRef, path }: Worktree,
): ActionPlan {
  const base = baseRef === null ? null : branchName(baseRef);
  const own = { branch, target: `refs/heads/${branch}` };
  if (onApprove === 'push')
    return { action: { kind: 'push', branch, remote, base: base ?? '' }, target: own.target };
  if (onApprove === 'branch' || base === null)
    return { action: { kind: 'branch', branch, worktree: path }, target: own.target };
  return { action: { kind: 'merge', branch: base }, target: `refs/heads/${base}` };
}
