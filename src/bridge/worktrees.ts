/** The worktree of a project: recorded before git is asked for it, so that a half-made one is known. */

import type { Actor } from '../project/actor.ts';
import type { Happening } from '../project/event.ts';
import type { ProjectId } from '../project/ids.ts';
import { isClosed } from '../project/project.ts';
import type { ProjectWorktree, Worktree } from '../project/worktree.ts';
import type { Writing } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';
import { findProject } from '../store/projects.ts';
import {
  findWorktree,
  insertWorktree,
  updateWorktree,
  worktreesClosedBefore,
  worktreesThatStand,
} from '../store/worktrees.ts';
import { type HeldLease, writeHolding } from './lease.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';

export async function worktreeOf(bridge: Bridge, projectId: ProjectId): Promise<Worktree | undefined> {
  return findWorktree(databaseOf(bridge).read, projectId);
}

/** Worktrees that stand, oldest first. */
export async function standingWorktrees(bridge: Bridge): Promise<ProjectWorktree[]> {
  return worktreesThatStand(databaseOf(bridge).read);
}

/** Worktrees of projects that were closed before this time: nobody works in them any more. */
export async function oldWorktrees(bridge: Bridge, before: string): Promise<ProjectWorktree[]> {
  return worktreesClosedBefore(databaseOf(bridge).read, before);
}

/** Which of these projects were closed before this time, and have no worktree that stands. */
export async function closedWithoutWorktree(
  bridge: Bridge,
  ids: readonly ProjectId[],
  before: string,
): Promise<ProjectId[]> {
  const db = databaseOf(bridge).read;
  const found: ProjectId[] = [];
  for (const id of ids) {
    const project = await findProject(db, id);
    if (!project || !isClosed(project.status) || project.runId !== null || project.updatedAt >= before)
      continue;
    const worktree = await findWorktree(db, id);
    if (!worktree || worktree.state === 'removed') found.push(id);
  }
  return found;
}

type Place = Pick<Worktree, 'repo' | 'path' | 'subdir' | 'branch' | 'baseRef' | 'baseOid' | 'measureDir'>;

/**
 * Records the worktree that is about to be added. Returns the one that a project has already: its base stays, whatever
 * the branch has become. Throws LeaseLost.
 */
export async function recordWorktree(
  lease: HeldLease,
  projectId: ProjectId,
  place: Place,
): Promise<Worktree> {
  return writeHolding(lease, async (writing) => {
    const { trx, now } = writing;
    const added = await insertWorktree(trx, {
      project_id: projectId,
      repo: place.repo,
      path: place.path,
      subdir: place.subdir,
      branch: place.branch,
      base_ref: place.baseRef,
      base_oid: place.baseOid,
      measure_dir: place.measureDir,
      config_digest: null,
      refs_digest: null,
      state: 'adding',
      prepared_at: null,
      prepare_exit: null,
      created_at: now,
      removed_at: null,
    });
    const { path, branch, baseOid } = place;
    if (added) await told(writing, projectId, { type: 'worktree.added', data: { path, branch, baseOid } });
    return found(writing, projectId);
  });
}

/** Records that the worktree can be worked in, with what its repository was then. Throws LeaseLost. */
export async function worktreeReady(
  lease: HeldLease,
  projectId: ProjectId,
  { configDigest, refsDigest }: Pick<Worktree, 'configDigest' | 'refsDigest'>,
): Promise<void> {
  const digests = { config_digest: configDigest, refs_digest: refsDigest };
  await writeHolding(lease, ({ trx }) => updateWorktree(trx, projectId, { state: 'ready', ...digests }));
}

/** Records how the owner's `prepare` ended in it; null: by a signal. It runs once. Throws LeaseLost. */
export async function recordPrepared(
  lease: HeldLease,
  projectId: ProjectId,
  exitCode: number | null,
): Promise<void> {
  await writeHolding(lease, ({ trx, now }) =>
    updateWorktree(trx, projectId, { prepared_at: now, prepare_exit: exitCode }),
  );
}

/** Records that the supervisor has removed the worktree. Throws LeaseLost. */
export async function removedWorktree(lease: HeldLease, projectId: ProjectId): Promise<void> {
  await writeHolding(lease, (writing) => recordRemoved(writing, projectId, 'supervisor'));
}

/** The same where a person has: needs no lease. */
export async function removedByPerson(bridge: Bridge, projectId: ProjectId): Promise<void> {
  await databaseOf(bridge).write((writing) => recordRemoved(writing, projectId, 'person'));
}

async function recordRemoved(writing: Writing, projectId: ProjectId, actor: Actor): Promise<void> {
  const { trx, now } = writing;
  const worktree = await findWorktree(trx, projectId);
  if (!worktree || worktree.state === 'removed') return;
  await updateWorktree(trx, projectId, { state: 'removed', removed_at: now });
  const { path, branch } = worktree;
  await told(writing, projectId, { type: 'worktree.removed', data: { path, branch } }, actor);
}

async function found({ trx }: Writing, projectId: ProjectId): Promise<Worktree> {
  const worktree = await findWorktree(trx, projectId);
  if (!worktree) throw new Error(`worktree of ${projectId} is not there right after it was inserted`);
  return worktree;
}

async function told(
  { trx, now }: Writing,
  projectId: ProjectId,
  happening: Happening<'worktree.added' | 'worktree.removed'>,
  actor: Actor = 'supervisor',
): Promise<void> {
  await appendEvent(trx, { ...happening, projectId, runId: null, actor, createdAt: now });
}
