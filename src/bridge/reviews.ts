/** Approve and reject: one decision a round; the first one stands. */

import { type ProjectId, unknownProject } from '../project/ids.ts';
import type { Project } from '../project/project.ts';
import type { Decision, Verdict } from '../project/review.ts';
import { cleanText, LIMITS } from '../project/text.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { Reader, Writer } from '../store/database.ts';
import { listProjects } from '../store/projects.ts';
import { findDecision, insertDecision, lastDecision } from '../store/reviews.ts';
import { type Actor, type Bridge, changeProject, lookUp } from './bridge.ts';
import { assertLease, type HeldLease } from './lease.ts';
import { databaseOf } from './open-bridge.ts';

export interface Decided {
  readonly project: Project;
  readonly decision: Decision;
  /** The same decision had been made before; it was returned and nothing was changed. */
  readonly repeated: boolean;
}

/** Approves the submitted work of `round`; without it, of the round that waits for a decision now. */
export async function approve(
  bridge: Bridge,
  projectId: ProjectId,
  actor: Actor,
  round?: number,
): Promise<Result<Decided>> {
  return decide(bridge, projectId, 'approved', '', actor, round);
}

/** Rejects the submitted work; `reason` says what Claude has to change. */
export async function reject(
  bridge: Bridge,
  projectId: ProjectId,
  reason: string,
  actor: Actor,
  round?: number,
): Promise<Result<Decided>> {
  if (reason.length > LIMITS.reason)
    return refuse(`the reason is longer than ${LIMITS.reason} characters; shorten it.`);
  const words = cleanText(reason);
  if (words === '') return refuse("a non-empty 'reason' is required to reject a project.");
  return decide(bridge, projectId, 'rejected', words, actor, round);
}

async function decide(
  bridge: Bridge,
  projectId: ProjectId,
  verdict: Verdict,
  reason: string,
  actor: Actor,
  onlyRound: number | undefined,
): Promise<Result<Decided>> {
  const action = verdict === 'approved' ? 'approve' : 'reject';
  return changeProject<Decided>(
    bridge,
    projectId,
    action,
    actor,
    async ({ trx, now, project, to, event }) => {
      const { round } = project;
      const row = { project_id: projectId, round, verdict, reason, decided_by: actor, created_at: now };
      await insertDecision(trx, row);
      await event({ type: `project.${verdict}`, data: { round, reason } });
      const decision = await findDecision(trx, projectId, round);
      if (!decision) throw new Error(`decision on ${projectId} is not there right after it was inserted`);
      return { project: { ...project, status: to, updatedAt: now }, decision, repeated: false };
    },
    async (trx, project) => {
      const decision = await repeatedDecision(trx, project, verdict, reason, onlyRound);
      if (decision) return ok({ project, decision, repeated: true });
      if (onlyRound === undefined || onlyRound === project.round) return undefined;
      return refuse(`round ${onlyRound} is not the one under way; the project is in round ${project.round}.`);
    },
  );
}

/** A client that saw no answer decides again: it is given its first decision, also when work has gone on since. */
async function repeatedDecision(
  db: Reader,
  project: Project,
  verdict: Verdict,
  reason: string,
  round: number | undefined,
): Promise<Decision | undefined> {
  if (round === undefined && project.status === 'awaiting_approval') return undefined;
  const last =
    round === undefined ? await lastDecision(db, project.id) : await findDecision(db, project.id, round);
  return last?.verdict === verdict && last.reason === reason ? last : undefined;
}

/** What Claude Code reads about its submitted work. Reading an approval completes a project that is worked on by hand. */
export async function readApproval(
  bridge: Bridge,
  projectId: ProjectId,
): Promise<Result<{ project: Project; decision: Decision | undefined }>> {
  const finished = await finish(bridge, projectId, 'code');
  const project = finished.ok ? finished.value : await lookUp(databaseOf(bridge).read, projectId);
  if (!project) return refuse(unknownProject(projectId));
  return ok({ project, decision: await lastDecision(databaseOf(bridge).read, projectId) });
}

/**
 * Completes an approved project when its run has ended: nothing changes any more in one that is complete. `permit` comes first in the transaction; what it throws undoes it.
 */
export async function finish(
  bridge: Bridge,
  projectId: ProjectId,
  actor: Actor,
  permit?: (trx: Writer) => Promise<void>,
): Promise<Result<Project>> {
  return changeProject(
    bridge,
    projectId,
    'finish',
    actor,
    async ({ now, project, to, event }) => {
      await event({ type: 'project.completed', data: {} });
      return { ...project, status: to, updatedAt: now };
    },
    async (trx, project) => {
      await permit?.(trx);
      return project.runId !== null ? refuse('its run has not ended yet.') : undefined;
    },
  );
}

/** Completes what the person has approved and no run works on any more; returns those projects. Throws LeaseLost. */
export async function finishApproved(lease: HeldLease): Promise<Project[]> {
  const approved = await listProjects(databaseOf(lease.bridge).read, {
    statuses: ['approved'],
    oldestFirst: true,
    limit: 100,
  });
  const finished: Project[] = [];
  for (const { id } of approved) {
    const reply = await finish(lease.bridge, id, 'supervisor', (trx) => assertLease(trx, lease));
    if (reply.ok) finished.push(reply.value);
  }
  return finished;
}
