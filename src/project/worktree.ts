/** The folder of its own that a project in a git repository is worked on in. */
import type { ProjectId } from './ids.ts';
import type { Project } from './project.ts';

export const WORKTREE_STATES = [
  'adding', // recorded before git is asked for it
  'ready', // git has it, and it is prepared
  'removed', // taken away again; its branch may be kept
] as const;
export type WorktreeState = (typeof WORKTREE_STATES)[number];

export interface Worktree {
  readonly projectId: ProjectId;
  /** The top folder of the person's repository. */
  readonly repo: string;
  readonly path: string;
  /** The workspace below the top folder, with `/`; empty when it is the top folder. */
  readonly subdir: string;
  readonly branch: string;
  /** The branch it began from and lands on; null for a commit that no branch named. */
  readonly baseRef: string | null;
  readonly baseOid: string;
  /** The git folder of our own that it is measured with. */
  readonly measureDir: string;
  /** What the repository's configuration and hooks, and its refs, were before the first run; null when not yet read. */
  readonly configDigest: string | null;
  readonly refsDigest: string | null;
  readonly state: WorktreeState;
  /** When the owner's `prepare` ended, and its exit code; null: not run, or ended by a signal. */
  readonly preparedAt: string | null;
  readonly prepareExit: number | null;
  readonly createdAt: string;
  readonly removedAt: string | null;
}

export interface ProjectWorktree {
  readonly project: Project;
  readonly worktree: Worktree;
}

/** Why git keeps it, and by what it is known as ours. */
export function lockReason(projectId: string): string {
  return `bridge ${projectId}`;
}

/** `main` for `refs/heads/main`. */
export function branchName(ref: string): string {
  return ref.replace(/^refs\/heads\//, '');
}
