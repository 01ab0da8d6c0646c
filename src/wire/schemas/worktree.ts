import * as z from 'zod';
import { KEPT_CAUSES } from '../../project/kept-worktree.ts';
import { PROJECT_STATUSES } from '../../project/project.ts';
import { WORKTREE_STATES } from '../../project/worktree.ts';
import { count, id, path, time } from './scalars.ts';

/** The folder of its own that a project in a git repository is worked on in. */
export const worktreeSchema = z
  .strictObject({
    repo: path().describe("the top folder of the person's repository"),
    path: path(),
    subdir: z.string().describe('the workspace below the top folder; empty: it is the top folder'),
    branch: z.string(),
    base_ref: z.string().nullable().describe('the branch it began from; null: a commit that no branch named'),
    base_oid: z.string().describe('the commit it began from'),
    state: z.enum(WORKTREE_STATES),
    created_at: time(),
    removed_at: time().nullable(),
  })
  .describe('The folder of its own that a project in a git repository is worked on in.');

export type WireWorktree = z.output<typeof worktreeSchema>;

/** Why a worktree is not removed. */
export const keptWorktreeSchema = z
  .strictObject({
    cause: z.enum(KEPT_CAUSES),
    message: z.string().describe('the cause as a sentence'),
    next: z.string().describe('what to do about it'),
    detail: z.string().describe('a commit, a status, or words of git'),
    files: z.array(z.string()).describe('the first files that it is about'),
    file_count: count().describe('of all of them'),
  })
  .describe('Why a worktree is not removed.');

export type WireKeptWorktree = z.output<typeof keptWorktreeSchema>;

const keptSchema = keptWorktreeSchema.nullable().describe('what keeps it; null: it may be removed');

/** A worktree that stands. */
const listedWorktreeSchema = z
  .strictObject({
    project_id: id(),
    title: z.string(),
    status: z.enum(PROJECT_STATUSES).describe('of the project'),
    worktree: worktreeSchema,
    size_bytes: count().describe('of its files'),
    size_is_partial: z.boolean().describe('it has more files than were looked at'),
    kept: keptSchema,
    removed_after: time()
      .nullable()
      .describe('the supervisor removes it some time after this; null: it stays'),
  })
  .describe('A worktree that stands.');

export const worktreeListSchema = z.array(listedWorktreeSchema);

export type WireWorktreeList = z.output<typeof worktreeListSchema>;

/** What `worktree remove` did, or would do. */
export const worktreeRemovalSchema = z
  .strictObject({
    project_id: id(),
    path: path(),
    branch: z.string(),
    removed: z.boolean(),
    dry_run: z.boolean().describe('nothing was changed'),
    branch_deleted: z
      .boolean()
      .nullable()
      .describe('false: it has commits of its own, and stays; null: it was not tried'),
    ignored: z.array(z.string()).describe('ignored files and folders that went, or would go, with it'),
    kept: keptSchema,
  })
  .describe('What `worktree remove` did, or would do.');

export type WireWorktreeRemoval = z.output<typeof worktreeRemovalSchema>;
