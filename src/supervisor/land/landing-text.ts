/** Why work did not land, for the person: what is in the way, and what to do. A retry lands it again. */
import type { LandingCause, RefusedLanding } from '../../git/landing-outcome.ts';
import { inQuotes } from '../../project/quotation.ts';
import { branchName, type Worktree } from '../../project/worktree.ts';
import type { ActionPlan } from './action.ts';

/** Reasons that are found before git is asked to land. */
export const NOT_LANDED = {
  unmeasured: (round: number) =>
    `round ${round} was approved, but was not measured, so that there is no commit to land. Take the work from its folder, then cancel the project`,
  otherTree: (round: number) =>
    `round ${round} was approved with another tree than the one that was measured, so nothing landed`,
  unseen: (names: readonly string[]) =>
    `the run changed what git obeys in the repository (${listed(names)}), and the diff does not show that. Look at it, then retry`,
  noRepository: (repo: string) =>
    `the repository ${inQuotes(repo)} cannot be read. Bring it back, then retry`,
  conflict: (branch: string, names: readonly string[], ref: string) =>
    `the work conflicts with what ${branch} has become (${listed(names)}). Merge it by hand (git merge ${ref}), then retry`,
  red: (branch: string, checks: readonly string[], ref: string) =>
    `${branch} has moved, and checks failed on the merge with it (${listed(checks)}). The work is kept as ${ref}: merge it by hand, then retry`,
  failed: (message: string) => `it could not land: ${inQuotes(message)}. Retry lands it again`,
} as const;

/** @returns One line, without a full stop. */
export function refusalText(
  refused: RefusedLanding,
  { action, target }: ActionPlan,
  { path }: Pick<Worktree, 'path'>,
): string {
  const branch = branchName(target);
  const names = listed(refused.names.map((name) => name.path));
  const facts = { branch, names, detail: inQuotes(refused.detail), word: refused.detail };
  const remote = action.kind === 'push' ? action.remote : '';
  return `it did not land on ${branch}: ${TEXTS[refused.cause]({ ...facts, remote })}. The work is kept in ${path}`;
}

interface Facts {
  readonly branch: string;
  readonly names: string;
  readonly detail: string;
  readonly word: string;
  readonly remote: string;
}

const TEXTS: Readonly<Record<LandingCause, (facts: Facts) => string>> = {
  'other-commit': ({ detail }) => `the commit that was approved is not there as it was (${detail})`,
  'ref-taken': ({ detail }) =>
    `the name it is kept under already names ${detail}. Delete that ref, then retry`,
  'base-gone': ({ branch }) => `${branch} is gone. Make it again, then retry`,
  'base-moved': ({ branch }) => `${branch} moves all the time. Retry lands it again`,
  'base-dirty': ({ names }) =>
    `its checkout has changes that are in no commit (${names}). Commit or stash them, then retry`,
  'untracked-in-the-way': ({ names }) =>
    `its checkout has files that are in no commit where the work brings its own (${names}). Move them, then retry`,
  'index-locked': ({ detail }) =>
    `another git works in its checkout, or was killed there (${detail}). When none does, delete that file, then retry`,
  'operation-in-progress': ({ detail }) =>
    `in its checkout a git operation is under way (${detail}). End it, then retry`,
  'submodule-moved': ({ names }) =>
    `it would move a submodule (${names}), and that is not merged unattended. Set on_approve to 'branch', then retry`,
  filtered: ({ names }) =>
    `a filter that the repository names would have to write files (${names}), and it is not started. Set on_approve to 'branch', then retry`,
  'checked-out': ({ detail }) => `another worktree has the branch (${detail}). Retry when it has not`,
  'branch-moved': ({ detail }) => `it changed in that moment (${detail}). Retry lands it again`,
  'remote-unknown': ({ detail }) =>
    `the repository has no remote ${detail}. Add it, or set 'remote', then retry`,
  'push-rejected': ({ remote, detail }) => `remote '${remote}' rejected it (${detail})`,
  'remote-unreachable': ({ remote, detail }) =>
    `remote '${remote}' cannot be reached (${detail}). Retry when it can`,
  'lfs-push': ({ remote }) =>
    `its large files are pushed to '${remote}' by a hook, and hooks are not started. Set on_approve to 'branch', then retry`,
  'read-back': ({ detail }) => `git reported success, but the branch is elsewhere (${detail})`,
  failed: ({ detail }) => `git says ${detail}`,
};

const MAX_LISTED = 5;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MAX_LISTED).map((name) => inQuotes(name));
  const more = names.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
