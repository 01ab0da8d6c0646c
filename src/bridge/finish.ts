/** Completing approved work that has nothing to land. */

import { type ProjectId, unknownProject } from '../project/ids.ts';
import type { Project } from '../project/project.ts';
import type { Decision } from '../project/review.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { Writer } from '../store/database.ts';
import { listProjects } from '../store/projects.ts';
import { lastDecision } from '../store/reviews.ts';
import { type Actor, type Bridge, changeProject, lookUp } from './bridge.ts';
import { isToLand } from './landings.ts';
import { assertLease, type HeldLease } from './lease.ts';
import { databaseOf } from './open-bridge.ts';

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
 * Completes an approved project when its run has ended and nothing of it is to land: nothing changes any more in one that
 * is complete. `permit` comes first in the transaction; what it throws undoes it.
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
      if (project.runId !== null) return refuse('its run has not ended yet.');
      return project.status === 'approved' && (await isToLand(trx, project))
        ? refuse('its work has not landed yet.')
        : undefined;
    },
  );
}

/**
 * Completes what was approved, has nothing to land, and no run works on any more; returns those projects. Throws
 * LeaseLost.
 */
export async function finishApproved(lease: HeldLease): Promise<Project[]> {
  const db = databaseOf(lease.bridge).read;
  const approved = await listProjects(db, { statuses: ['approved'], oldestFirst: true, limit: 100 });
  const finished: Project[] = [];
  for (const project of approved) {
    if (await isToLand(db, project)) continue;
    const reply = await finish(lease.bridge, project.id, 'supervisor', (trx) => assertLease(trx, lease));
    if (reply.ok) finished.push(reply.value);
  }
  return finished;
}
