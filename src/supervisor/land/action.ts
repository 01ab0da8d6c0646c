import type { LandingAction } from '../../git/landing.ts';
import { possibleAction } from '../../project/landing-plan.ts';
import type { WorkRules } from '../../project/work-rules.ts';
import { branchName, type Worktree } from '../../project/worktree.ts';

export interface ActionPlan {
  readonly action: LandingAction;
  /** The ref that is to move. */
  readonly target: string;
}

/** What is done with approved work, and to which ref. */
export function actionFor(
  { onApprove, remote }: Pick<WorkRules, 'onApprove' | 'remote'>,
  { branch, baseRef, path }: Worktree,
): ActionPlan {
  const base = baseRef === null ? null : branchName(baseRef);
  const own = { branch, target: `refs/heads/${branch}` };
  const kind = possibleAction(onApprove, baseRef);
  if (kind === 'push')
    return { action: { kind: 'push', branch, remote, base: base ?? '' }, target: own.target };
  if (kind === 'branch' || base === null)
    return { action: { kind: 'branch', branch, worktree: path }, target: own.target };
  return { action: { kind: 'merge', branch: base }, target: `refs/heads/${base}` };
}
