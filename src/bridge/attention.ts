/** Parking a project for a person, and letting it go on. */
import { next, type Project } from '../project/project.ts';
import type { Writer } from '../store/database.ts';
import { dropCancelled } from '../store/dependencies.ts';
import { appendEvent } from '../store/events.ts';
import { updateProject } from '../store/projects.ts';
import type { ProjectChange } from './bridge.ts';

/** Parks a project, with its event; returns it as it is where it cannot be parked. */
export async function park(trx: Writer, project: Project, reason: string, now: string): Promise<Project> {
  const status = next(project, 'park');
  if (!status) return project;
  await updateProject(trx, project.id, { status });
  await appendEvent(trx, {
    type: 'project.needs_attention',
    data: { reason },
    projectId: project.id,
    runId: null,
    actor: 'supervisor',
    createdAt: now,
  });
  return { ...(await keepReason(trx, project, reason)), updatedAt: now };
}

/** Keeps why a project that a change parks needs a person, and adds the event. `project` is as it was before. */
export async function needsAttention(
  { trx, now, event }: Pick<ProjectChange, 'trx' | 'now' | 'event'>,
  project: Project,
  reason: string,
): Promise<Project> {
  await event({ type: 'project.needs_attention', data: { reason } });
  return { ...(await keepReason(trx, project, reason)), updatedAt: now };
}

async function keepReason(trx: Writer, project: Project, attention: string): Promise<Project> {
  const attentionFrom = project.status;
  await updateProject(trx, project.id, { attention, attention_from: attentionFrom });
  return { ...project, status: 'attention', attention, attentionFrom };
}

/**
 * Gives a project that is retried its new status, without what its failures left: it waits no more for what was cancelled,
 * and does not expire. The event is the caller's.
 */
export async function goOn(trx: Writer, project: Project, status: Project['status']): Promise<Project> {
  // Whoever has the work that is to be verified, revised or landed keeps it.
  const claimedBy = status === 'pending' ? null : project.claimedBy;
  await dropCancelled(trx, project.id);
  await updateProject(trx, project.id, {
    status,
    attention: null,
    attention_from: null,
    tries: 0,
    not_before: null,
    expires_at: null,
    claimed_by: claimedBy,
  });
  const fresh = { attention: null, attentionFrom: null, tries: 0, notBefore: null, expiresAt: null };
  return { ...project, ...fresh, status, claimedBy };
}
