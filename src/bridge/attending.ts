/** What the supervisor looks at each time it wakes. */

import { type Hold, type HoldKind, isWorthATryAtStart } from '../project/hold.ts';
import type { LeaseToken } from '../project/ids.ts';
import type { Project } from '../project/project.ts';
import type { SteeringMessage } from '../project/review.ts';
import type { Run } from '../project/run.ts';
import type { ChangeFeed } from '../store/database.ts';
import { allHolds } from '../store/holds.ts';
import { waitingMessages } from '../store/messages.ts';
import { findProject, listProjects, nextReadyAt, planText } from '../store/projects.ts';
import { findCompletion, lastDecision } from '../store/reviews.ts';
import { openRuns, workspaceIdentityOf } from '../store/runs.ts';
import { type Bridge, nowText } from './bridge.ts';
import { endHold, setHold } from './holds.ts';
import { holdLease } from './lease.ts';
import { finish } from './reviews.ts';
import { briefRecord } from './status-file.ts';

export type { ChangeFeed };

/** Wakes as soon as another process has changed something. */
export function watchChanges(bridge: Bridge): ChangeFeed {
  return bridge.database.changes('others');
}

/** Runs a supervisor before us left open. */
export async function unfinishedRuns(bridge: Bridge): Promise<Run[]> {
  return openRuns(bridge.database.read);
}

/** Which folder a predecessor has started the run in; null when nobody knows. */
export async function startedIn(bridge: Bridge, run: Run): Promise<string | null> {
  return workspaceIdentityOf(bridge.database.read, run.id);
}

export interface Orders {
  /** The project was called off. */
  readonly cancelled: boolean;
  /** Its work was submitted: there is nothing left to do. */
  readonly submitted: boolean;
  /** A person has approved it: nothing may change any more. */
  readonly approved: boolean;
  /** Messages from the person that no run has taken in, in their order. */
  readonly messages: readonly SteeringMessage[];
}

/** What the person wants of a run under way. */
export async function ordersFor(bridge: Bridge, run: Run): Promise<Orders> {
  const db = bridge.database.read;
  const project = await findProject(db, run.projectId);
  return {
    cancelled: project === undefined || project.status === 'cancelled',
    submitted: (await findCompletion(db, run.projectId, run.round)) !== undefined,
    approved: project?.status === 'approved' || project?.status === 'complete',
    messages: await waitingMessages(db, run.projectId),
  };
}

export interface Briefing {
  readonly project: Project;
  readonly markdown: string;
  /** Why the round before this one was rejected. */
  readonly reason: string | null;
  readonly messages: readonly SteeringMessage[];
  /** The record in words, for a session that remembers nothing. */
  readonly record: string;
}

/** Everything a run's prompt is made of. */
export async function briefingFor(bridge: Bridge, project: Project): Promise<Briefing> {
  const db = bridge.database.read;
  const decision = await lastDecision(db, project.id);
  return {
    project,
    markdown: await planText(db, project.id),
    reason: decision?.verdict === 'rejected' ? decision.reason : null,
    messages: await waitingMessages(db, project.id),
    record: await briefRecord(bridge, project),
  };
}

/** Completes what the person has approved and no run works on any more; returns those projects. Throws LeaseLost. */
export async function finishApproved(bridge: Bridge, token: LeaseToken): Promise<Project[]> {
  const approved = await listProjects(bridge.database.read, {
    statuses: ['approved'],
    oldestFirst: true,
    limit: 100,
  });
  const finished: Project[] = [];
  for (const { id } of approved) {
    const reply = await finish(bridge, id, 'supervisor', (trx) => holdLease(trx, token));
    if (reply.ok) finished.push(reply.value);
  }
  return finished;
}

/** When a project that waits out a back-off becomes ready. */
export async function nextReadyTime(bridge: Bridge): Promise<Date | undefined> {
  const at = await nextReadyAt(bridge.database.read, nowText(bridge));
  return at === undefined ? undefined : new Date(at);
}

/** Ends the supervisor's holds of a kind, or only the one with this scope. */
export async function liftHold(
  bridge: Bridge,
  token: LeaseToken,
  kind: HoldKind,
  scope?: string,
): Promise<void> {
  await bridge.database.write(async ({ trx, now }) => {
    await holdLease(trx, token);
    await endHold(trx, kind, 'supervisor', now, scope);
  });
}

/**
 * Lets one run try at once what a hold waits for that a predecessor left: the configuration, the login or the program may
 * have been changed before the restart. Ends that the service named stand.
 */
export async function probeAtStart(bridge: Bridge, token: LeaseToken): Promise<void> {
  await bridge.database.write(async ({ trx, now }) => {
    await holdLease(trx, token);
    for (const hold of await allHolds(trx))
      if (isWorthATryAtStart(hold) && hold.until !== null && hold.until > now)
        await setHold(trx, { ...hold, since: now, until: now }, 'supervisor');
  });
}

/** Stops new runs for a reason that is nobody's run's. */
export async function imposeHold(bridge: Bridge, token: LeaseToken, hold: Hold): Promise<void> {
  await bridge.database.write(async ({ trx }) => {
    await holdLease(trx, token);
    await setHold(trx, hold, 'supervisor');
  });
}
