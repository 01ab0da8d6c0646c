/** Why a project cannot have a worktree, and what to do about it. */

export const WORKTREE_REFUSALS = [
  'bare', // the repository has no work tree
  'base-gone',
  'branch-exists',
  'branch-in-the-way', // git keeps no branch `bridge` beside `bridge/…`
  'failed', // git gives a reason of its own
  'folder-lost',
  'folder-not-in-base', // the workspace is a folder of the repository that its commit does not have
  'foreign-owner',
  'git-too-old',
  'lfs-unavailable',
  'line-in-path',
  'no-git',
  'no-repository',
  'path-exists',
  'unborn', // no commit yet
] as const;

export type WorktreeRefusal = (typeof WORKTREE_REFUSALS)[number];

/**
 * One line without a full stop: what is wrong, and what to do.
 *
 * @param detail The branch, commit, path, version or words of git that the cause is about.
 */
export function describeRefusal(cause: WorktreeRefusal, detail: string): string {
  switch (cause) {
    case 'bare':
      return `the repository has no checkout: clone it, or ${IN_PLACE}`;
    case 'base-gone':
      return `the repository has no branch or commit '${detail}' to begin from: make it, or name another 'base'`;
    case 'branch-exists':
      return `the branch '${detail}' exists and has other commits: rename or delete it`;
    case 'branch-in-the-way':
      return `git keeps no branch 'bridge/…' beside the branch '${detail}': rename that, or ${IN_PLACE}`;
    case 'failed':
      return `git refuses: ${detail}`;
    case 'folder-lost':
      return `${detail} is not the worktree any more that git lists there: move away what is there`;
    case 'folder-not-in-base':
      return `'${detail}' has no such folder: commit it, or ${IN_PLACE}`;
    case 'foreign-owner':
      return `the repository belongs to another user, so git refuses it: change its owner, or add it to git's 'safe.directory'`;
    case 'git-too-old':
      return `git ${detail} is too old: install 2.38 or newer, or ${IN_PLACE}`;
    case 'lfs-unavailable':
      return `the repository keeps files with Git LFS, and git-lfs is not installed: install it, or ${IN_PLACE}`;
    case 'line-in-path':
      return `its path has a line break in it: rename the folder`;
    case 'no-git':
      return `git is not installed, or not on the PATH: install it, or ${IN_PLACE}`;
    case 'no-repository':
      return `${detail} is in no git repository any more: put it back, or send the plan again`;
    case 'path-exists':
      return `${detail} exists already: move it away`;
    case 'unborn':
      return `the repository has no commit yet: make a first commit, or ${IN_PLACE}`;
  }
}

const IN_PLACE = "set 'isolation' of the workspace to in_place";
