/** Why a worktree is not removed, and what to do about it. */
import { shellWord } from '../characters.ts';
import { shortOid } from './oid.ts';
import type { Worktree } from './worktree.ts';

export const KEPT_CAUSES = [
  'open', // its project is not closed; `detail` is the status
  'running', // the last run of its project has not ended
  'changed', // files that are in no commit
  'unmeasured', // something that git keeps in no tree
  'ignore-rules-changed', // files of worth may be among the ignored ones
  'unlanded', // no branch has the work; `detail` is its commit
  'own-commits', // HEAD is at a commit that no branch has
  'not-ours', // another lock, or another repository in its place
  'no-repository',
  'no-git',
  'git-too-old',
  'foreign-owner',
  'line-in-path',
  'failed', // git gives a reason of its own
] as const;

export interface KeptWorktree {
  readonly cause: (typeof KEPT_CAUSES)[number];
  /** Files that it is about; one that is not UTF-8 is not exact. */
  readonly files: readonly string[];
  /** A commit, a status, or words of git. */
  readonly detail: string;
}

/** Two sentences without a full stop: what keeps it, and what to do. */
export function describeKept(
  { cause, files, detail }: KeptWorktree,
  worktree: Pick<Worktree, 'projectId' | 'repo' | 'path' | 'measureDir'>,
): { readonly why: string; readonly next: string } {
  const { projectId, path } = worktree;
  const [repo, folder, measureDir] = [worktree.repo, path, worktree.measureDir].map(shellWord);
  const number = `${files.length} ${files.length === 1 ? 'file' : 'files'}`;
  switch (cause) {
    case 'open':
      return {
        why: `its project is ${detail}`,
        next: `It may go once the project is complete or cancelled: bridge-supervisor show ${projectId}`,
      };
    case 'running':
      return { why: 'a run of its project has not ended yet', next: 'Try again in a moment' };
    case 'changed':
      return {
        why: `${number} in it ${files.length === 1 ? 'differs' : 'differ'} from every commit`,
        next: `Commit what you want to keep, and undo the rest: git -C ${folder} add --all && git -C ${folder} commit`,
      };
    case 'unmeasured':
      return {
        why: `${number} in it can be in no commit, such as a repository of its own`,
        next: `Move to another place what you want to keep, and delete the rest: cd ${folder}`,
      };
    case 'ignore-rules-changed':
      return {
        why: 'the work changed what git ignores, so that files of worth may be among the ignored ones',
        next: `Move to another place what you want to keep (git -C ${folder} status --ignored), delete the folder, then try again`,
      };
    case 'unlanded':
      return {
        why: `no branch has its work (${shortOid(detail)})`,
        next: `Put it on a branch: git -C ${repo} fetch ${measureDir} ${detail}:refs/heads/kept/${projectId}`,
      };
    case 'own-commits':
      return {
        why: `it is at a commit that no branch has (${shortOid(detail)})`,
        next: `Put it on a branch: git -C ${folder} branch kept/${projectId} ${detail}`,
      };
    case 'not-ours':
      return {
        why: `it is not as it was made (${detail})`,
        next: `Look with: git -C ${repo} worktree list --verbose`,
      };
    case 'no-repository':
      return {
        why: `${worktree.repo} is in no git repository any more`,
        next: `Put the repository back, or move ${path} to another place`,
      };
    case 'no-git':
      return { why: 'git is not installed, or not on the PATH', next: 'Install it' };
    case 'git-too-old':
      return { why: `git ${detail} is too old`, next: 'Install 2.38 or newer' };
    case 'foreign-owner':
      return {
        why: 'the repository belongs to another user, so git refuses it',
        next: "Change its owner, or add it to git's 'safe.directory'",
      };
    case 'line-in-path':
      return { why: 'its path has a line break in it', next: 'Rename the folder' };
    case 'failed':
      return { why: `git fails: ${detail}`, next: `Look with: git -C ${folder} status` };
  }
}
