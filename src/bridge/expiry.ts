/** Cancelling plans that have not begun by the time they name. */
import { hasExpired } from '../project/expiry.ts';
import type { Project } from '../project/project.ts';
import { refuse } from '../result.ts';
import { expiredProjects, nextExpiry } from '../store/queue.ts';
import { insertUpdate } from '../store/updates.ts';
import { type Bridge, changeProject, nowText } from './bridge.ts';
import { assertLease, type HeldLease } from './lease.ts';
import { databaseOf } from './open-bridge.ts';

/**
 * Cancels what has expired, whether or not a supervisor worked at that time; returns those projects. An update says so,
 * for whoever reads these. Throws LeaseLost.
 */
export async function expireOverdue(lease: HeldLease): Promise<Project[]> {
  const { bridge } = lease;
  const expired: Project[] = [];
  for (const id of await expiredProjects(databaseOf(bridge).read, nowText(bridge), BATCH)) {
    const reply = await changeProject<Project>(
      bridge,
      id,
      'expire',
      'supervisor',
      async ({ trx, now, project, to, event }) => {
        const expiresAt = project.expiresAt ?? now;
        const message = `The plan had not begun by ${expiresAt}: it expired and was cancelled.`;
        await insertUpdate(trx, { project_id: id, run_id: null, message, request_id: null, created_at: now });
        await event({ type: 'project.expired', data: { expiresAt } });
        return { ...project, status: to, updatedAt: now };
      },
      async (trx, project) => {
        await assertLease(trx, lease);
        return hasExpired(project, nowText(bridge)) ? undefined : refuse('it has not expired.');
      },
    );
    if (reply.ok) expired.push(reply.value);
  }
  return expired;
}

/** The rest is for the next time. */
const BATCH = 100;

/** When the next plan expires; undefined when none does. */
export async function nextExpiryTime(bridge: Bridge): Promise<Date | undefined> {
  const at = await nextExpiry(databaseOf(bridge).read);
  return at === undefined ? undefined : new Date(at);
}
