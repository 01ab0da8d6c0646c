import { describeKept, type KeptWorktree } from '../project/kept-worktree.ts';
import type { ProjectWorktree, Worktree } from '../project/worktree.ts';
import type {
  WireKeptWorktree,
  WireWorktree,
  WireWorktreeList,
  WireWorktreeRemoval,
} from './schemas/worktree.ts';

export function toWireWorktree(worktree: Worktree): WireWorktree {
  return {
    repo: worktree.repo,
    path: worktree.path,
    subdir: worktree.subdir,
    branch: worktree.branch,
    base_ref: worktree.baseRef,
    base_oid: worktree.baseOid,
    state: worktree.state,
    created_at: worktree.createdAt,
    removed_at: worktree.removedAt,
  };
}

export function toWireWorktreeList(
  reports: readonly (ProjectWorktree & {
    readonly size: { readonly bytes: number; readonly cut: boolean };
    readonly kept: KeptWorktree | null;
    readonly removedAfter: string | null;
  })[],
): WireWorktreeList {
  return reports.map(({ project, worktree, size, kept, removedAfter }) => ({
    project_id: project.id,
    title: project.title,
    status: project.status,
    worktree: toWireWorktree(worktree),
    size_bytes: size.bytes,
    size_is_partial: size.cut,
    kept: kept && toWireKept(kept, worktree),
    removed_after: removedAfter,
  }));
}

export function toWireWorktreeRemoval(
  {
    project,
    worktree,
    removal,
  }: ProjectWorktree & {
    readonly removal:
      | {
          readonly kind: 'removed';
          readonly ignored: readonly string[];
          readonly isBranchDeleted: boolean | null;
        }
      | ({ readonly kind: 'kept' } & KeptWorktree);
  },
  dryRun: boolean,
): WireWorktreeRemoval {
  const isRemoved = removal.kind === 'removed';
  return {
    project_id: project.id,
    path: worktree.path,
    branch: worktree.branch,
    removed: isRemoved && !dryRun,
    dry_run: dryRun,
    branch_deleted: isRemoved ? removal.isBranchDeleted : null,
    ignored: isRemoved ? [...removal.ignored] : [],
    kept: isRemoved ? null : toWireKept(removal, worktree),
  };
}

const MAX_FILES = 20;

function toWireKept(kept: KeptWorktree, worktree: Worktree): WireKeptWorktree {
  const { why, next } = describeKept(kept, worktree);
  return {
    cause: kept.cause,
    message: why,
    next,
    detail: kept.detail,
    files: kept.files.slice(0, MAX_FILES),
    file_count: kept.files.length,
  };
}
