/** Approved work of a worktree, on its way to where the owner wants it. */

import type { ProjectId } from '../project/ids.ts';
import type { Landing } from '../project/landing.ts';
import type { Project } from '../project/project.ts';
import type { Decision, RecordedEvidence } from '../project/review.ts';
import type { Worktree } from '../project/worktree.ts';
import { type Result, refuse } from '../result.ts';
import type { Reader } from '../store/database.ts';
import { evidenceWithId } from '../store/evidence.ts';
import { insertLanding, landingsOf } from '../store/landings.ts';
import { findProject, listProjects } from '../store/projects.ts';
import { findDecision } from '../store/reviews.ts';
import { findWorktree } from '../store/worktrees.ts';
import { needsAttention } from './attention.ts';
import { type Bridge, changeProject } from './bridge.ts';
import { assertLease, type HeldLease } from './lease.ts';
import { databaseOf } from './open-bridge.ts';

/** Whether the work of a project lands: it was done in a worktree, by runs of the supervisor. */
export async function isToLand(db: Reader, { id, claimedBy }: Project): Promise<boolean> {
  if (claimedBy !== 'supervisor') return false;
  const worktree = await findWorktree(db, id);
  return worktree !== undefined && worktree.state !== 'removed';
}

export interface ToLand {
  readonly project: Project;
  readonly decision: Decision;
  /** What was approved; its commit is what lands. Undefined when nothing was measured. */
  readonly evidence: RecordedEvidence | undefined;
  readonly worktree: Worktree;
  /** Tries at landing this decision before, oldest first. One of them may have moved the target unrecorded. */
  readonly tries: readonly Landing[];
}

/** The next approved project whose work is to land, oldest first, and is not among `except`. */
export async function nextToLand(
  { bridge }: HeldLease,
  except: readonly ProjectId[] = [],
): Promise<ToLand | undefined> {
  const db = databaseOf(bridge).read;
  const approved = await listProjects(db, { statuses: ['approved'], oldestFirst: true, limit: 100 });
  for (const project of approved) {
    if (project.runId !== null || except.includes(project.id) || !(await isToLand(db, project))) continue;
    const worktree = await findWorktree(db, project.id);
    const decision = await findDecision(db, project.id, project.round);
    if (!worktree || !decision) continue;
    const evidence = decision.evidenceId === null ? undefined : await evidenceWithId(db, decision.evidenceId);
    return { project, decision, evidence, worktree, tries: await landingsOf(db, decision.id) };
  }
  return undefined;
}

/** Whether the work of a project is still to land: a person may have called it off. */
export async function isApproved(bridge: Bridge, projectId: ProjectId): Promise<boolean> {
  return (await findProject(databaseOf(bridge).read, projectId))?.status === 'approved';
}

export interface LandingTry extends Pick<Landing, 'action' | 'target' | 'fromOid' | 'detail'> {
  readonly result:
    | { readonly outcome: 'landed'; readonly toOid: string }
    /** Why, for the person who looks at it. */
    | { readonly outcome: 'not_landed'; readonly reason: string };
}

/**
 * Records a try at landing what `decision` approved. A project is complete when it landed, which the caller has read
 * back; otherwise it needs attention, and a retry lands it again. Throws LeaseLost.
 */
export async function recordLanding(
  lease: HeldLease,
  decision: Pick<Decision, 'id' | 'projectId' | 'round'>,
  { result, action, target, fromOid, detail }: LandingTry,
): Promise<Result<Project>> {
  const hasLanded = result.outcome === 'landed';
  return changeProject(
    lease.bridge,
    decision.projectId,
    hasLanded ? 'land' : 'park',
    'supervisor',
    async (change) => {
      const { trx, now, project, to, event } = change;
      await insertLanding(trx, {
        approval_id: decision.id,
        action,
        target,
        from_oid: fromOid,
        to_oid: result.outcome === 'landed' ? result.toOid : null,
        outcome: result.outcome,
        detail: JSON.stringify(detail),
        created_at: now,
      });
      if (result.outcome === 'landed') {
        const data = { round: decision.round, action, target, oid: result.toOid };
        await event({ type: 'project.landed', data });
        return { ...project, status: to, updatedAt: now };
      }
      return needsAttention(change, project, result.reason);
    },
    async (trx, project) => {
      await assertLease(trx, lease);
      return project.status === 'approved' ? undefined : refuse(`it is not approved but ${project.status}.`);
    },
  );
}
