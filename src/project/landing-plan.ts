/** What an approval of a round does with its work, told before it is given. */
import type { Evidence } from './evidence.ts';
import type { LandingAction } from './landing.ts';
import { shortOid } from './oid.ts';
import { branchName } from './worktree.ts';

export type LandingPlan =
  /** Nothing lands: it is an outline. */
  | { readonly kind: 'outline' }
  /** Nothing lands: the work is in this folder already. */
  | { readonly kind: 'in_place'; readonly folder: string }
  /** There is no commit of the work. */
  | { readonly kind: 'no_commit' }
  /** The owner's rules cannot be read. */
  | { readonly kind: 'unknown' }
  | {
      readonly kind: LandingAction;
      readonly repo: string;
      /** What moves, or is made. */
      readonly branch: string;
      readonly commit: string;
      /** Of a push. */
      readonly remote: string;
      /** `ahead`: the base has more commits by now. `rewritten`: it has lost some that the work began from. */
      readonly base: 'same' | 'ahead' | 'rewritten';
    };

/** @param rules Undefined: they cannot be read. */
export function landingPlan(
  git: Evidence['git'],
  rules: { readonly onApprove: LandingAction; readonly remote: string } | undefined,
): LandingPlan {
  if (!git?.commit || git.branch === null) return { kind: 'no_commit' };
  if (!rules) return { kind: 'unknown' };
  const kind = possibleAction(rules.onApprove, git.baseRef);
  const { repo, commit, branch, baseRef, baseState } = git;
  return {
    kind,
    repo,
    branch: kind === 'merge' && baseRef !== null ? branchName(baseRef) : branch,
    commit,
    remote: rules.remote,
    base: BASES[baseState],
  };
}

const BASES = { same: 'same', ahead: 'ahead', diverged: 'rewritten', gone: 'ahead' } as const;

/** What the owner wants, as far as it can be: work that began from no branch has none to be merged into, and stays one. */
export function possibleAction(wanted: LandingAction, baseRef: string | null): LandingAction {
  return wanted === 'merge' && baseRef === null ? 'branch' : wanted;
}

/** One sentence. @param name How a name that others chose is shown. */
export function describeLandingPlan(plan: LandingPlan, name: (text: string) => string): string {
  switch (plan.kind) {
    case 'outline':
      return 'This is an outline: an approval lands nothing and lets Claude begin the work, in the same session.';
    case 'in_place':
      return `An approval completes the project; its work is in ${name(plan.folder)} already.`;
    case 'no_commit':
      return 'An approval completes the project; there is no commit of its work that could be merged.';
    case 'unknown':
      return 'What an approval does with the work cannot be said: config.json cannot be read.';
    case 'merge': {
      const [commit, branch] = [shortOid(plan.commit), name(plan.branch)];
      const how = {
        same: `moves ${branch} to commit ${commit}`,
        ahead: `merges commit ${commit} with what has come to ${branch} since, checks that, and moves ${branch}`,
        rewritten: `makes the changes of commit ${commit} on ${branch}, which was rewritten since, checks that, and moves ${branch}`,
      }[plan.base];
      return `An approval ${how}, in ${name(plan.repo)}.`;
    }
    case 'branch':
      return `An approval leaves commit ${shortOid(plan.commit)} on branch ${name(plan.branch)} of ${name(plan.repo)} and merges nothing.`;
    case 'push':
      return `An approval pushes commit ${shortOid(plan.commit)} to ${name(plan.remote)} as branch ${name(plan.branch)} and merges nothing.`;
  }
}
