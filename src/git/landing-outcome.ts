/** What comes of a landing. */
import type { FileName } from './names.ts';

export type LandingCause =
  /** The measure dir has no such commit, or the commit has another tree than the one approved. */
  | 'other-commit'
  /** Something else is kept under the ref. */
  | 'ref-taken'
  | 'base-gone'
  /** It has commits that the commit does not have: merge them first. */
  | 'base-moved'
  /** Changes in the checkout of the base that are in no commit. */
  | 'base-dirty'
  /** Files in the checkout of the base that are in no commit, where the commit brings files of that name. */
  | 'untracked-in-the-way'
  /** Another git works in the checkout of the base, or has been killed there. */
  | 'index-locked'
  /** A merge, rebase, cherry-pick, revert or bisection is under way there; `detail` says which. */
  | 'operation-in-progress'
  /** The commit of a submodule would move. */
  | 'submodule-moved'
  /** A filter that the repository names would have to be started for these files. */
  | 'filtered'
  /** Another work tree has the branch. */
  | 'checked-out'
  /** The branch changed in this moment. */
  | 'branch-moved'
  | 'remote-unknown'
  /** The remote has the branch with other commits, or does not allow this. */
  | 'push-rejected'
  | 'remote-unreachable'
  /** Its files are pushed by a hook, which is not started. */
  | 'lfs-push'
  /** Git reported success, and the commit is not there. */
  | 'read-back'
  | 'failed';

export type LandingResult =
  | {
      readonly kind: 'landed';
      /** The ref, on the remote for a push. */
      readonly target: string;
      /** Where it was before; null where it was not there, or is not known. */
      readonly from: string | null;
      readonly to: string;
      /** Whether an earlier call, or somebody else, had already done it. */
      readonly wasThere: boolean;
      /** The person's checkout whose files have changed. */
      readonly checkout: string | null;
    }
  | RefusedLanding;

export interface RefusedLanding {
  readonly kind: 'refused';
  readonly cause: LandingCause;
  /** The files it is about. */
  readonly names: readonly FileName[];
  /** A path, a name, or what git says. */
  readonly detail: string;
}

export function refused(
  cause: LandingCause,
  detail: string,
  names: readonly FileName[] = [],
): RefusedLanding {
  return { kind: 'refused', cause, names, detail };
}
