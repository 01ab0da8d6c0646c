/** A run under way: what the supervisor records of it, and what the person wants of it. */

import type { RunId } from '../project/ids.ts';
import type { SteeringMessage } from '../project/review.ts';
import { isWork, type LiveState, type Run } from '../project/run.ts';
import type { Writing } from '../store/database.ts';
import { allHolds } from '../store/holds.ts';
import {
  laterMessages,
  markDelivered,
  markSent,
  newestToldBy,
  promptMessages,
  unmarkSent,
} from '../store/messages.ts';
import { planText } from '../store/plans.ts';
import { findProject } from '../store/projects.ts';
import { undecidedRequests } from '../store/requests.ts';
import { hasSubmitted } from '../store/reviews.ts';
import { putLiveStates } from '../store/run-live.ts';
import { openRunsOn, updateRun, workspaceIdentityOf } from '../store/runs.ts';
import { tellAnswers } from './asking.ts';
import { endHold } from './holds.ts';
import { type HeldLease, writeHolding } from './lease.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';
import { runEvent } from './run-event.ts';

/** Open runs of this machine, which a supervisor before us may have left. */
export async function unfinishedRuns(bridge: Bridge): Promise<Run[]> {
  return openRunsOn(databaseOf(bridge).read, bridge.machineId);
}

/** Which folder a predecessor has started the run in; null when nobody knows. */
export async function startedIn(bridge: Bridge, run: Run): Promise<string | null> {
  return workspaceIdentityOf(databaseOf(bridge).read, run.id);
}

/**
 * Records the process of a run, right after it was spawned.
 *
 * @param workspaceIdentity Which folder it was started in; null when nobody knows.
 */
export async function recordSpawn(
  lease: HeldLease,
  run: Run,
  pid: number,
  pidStartedAt: string,
  workspaceIdentity: string | null = null,
): Promise<void> {
  await writeHolding(lease, async ({ trx, now }) => {
    await updateRun(trx, run.id, {
      pid,
      pid_started_at: pidStartedAt,
      workspace_identity: workspaceIdentity,
      spawned_at: now,
    });
    await runEvent(trx, run, { type: 'run.spawned', data: { pid } }, now);
  });
}

/** Records that Claude started with our tools connected: from here on the run counts. */
export async function recordReady(
  lease: HeldLease,
  run: Run,
  facts: { readonly model: string; readonly claudeVersion: string },
): Promise<void> {
  await writeHolding(lease, async ({ trx, now }) => {
    await updateRun(trx, run.id, {
      model_used: facts.model,
      claude_version: facts.claudeVersion,
      ready_at: now,
    });
    await runEvent(
      trx,
      run,
      { type: 'run.ready', data: { model: facts.model, claudeVersion: facts.claudeVersion } },
      now,
    );
  });
}

/**
 * Keeps when the model first answered a run, a reading and not history, and ends the holds that the run probes. Returns
 * whether there were any.
 */
export async function recordAnswered(lease: HeldLease, run: Run): Promise<boolean> {
  return writeHolding(lease, async ({ trx, now }) => {
    await updateRun(trx, run.id, { answered_at: now });
    const probed = (await allHolds(trx)).filter(({ probeRunId }) => probeRunId === run.id);
    for (const hold of probed) await endHold(trx, hold, 'supervisor', now);
    return probed.length > 0;
  });
}

/** Overwrites what these runs are doing now, for whoever looks: no event, and no news for the supervisor itself. */
export async function recordLive(lease: HeldLease, states: ReadonlyMap<RunId, LiveState>): Promise<void> {
  if (states.size > 0) await writeHolding(lease, ({ trx }) => putLiveStates(trx, states));
}

/** Records that a run has taken in messages from the person. */
export async function recordDelivered(
  lease: HeldLease,
  run: Run,
  messageIds: readonly string[],
): Promise<void> {
  await writeHolding(lease, (writing) => deliver(writing, run, messageIds));
}

/** Records that a run has taken in its prompt, with the messages in it. */
export async function recordPromptDelivered(lease: HeldLease, run: Run): Promise<void> {
  await writeHolding(lease, async (writing) => {
    const messages = await promptMessages(writing.trx, run);
    if (run.kind === 'answer') await tellAnswers(writing.trx, run, writing.now);
    await deliver(
      writing,
      run,
      messages.map(({ id }) => id),
    );
  });
}

async function deliver({ trx, now }: Writing, run: Run, messageIds: readonly string[]): Promise<void> {
  if (messageIds.length === 0) return;
  const count = await markDelivered(trx, messageIds, run.id, now);
  const revision = await newestToldBy(trx, messageIds);
  if (revision !== null) await updateRun(trx, run.id, { plan_revision: revision });
  const data = { messages: [...messageIds] };
  if (count > 0) await runEvent(trx, run, { type: 'project.steering_delivered', data }, now);
}

/**
 * Marks messages as written to a run, before they are written; returns those that may be. None while a person is asked: a
 * message makes Claude lose a call that is put off (seen in 2.1.329).
 */
export async function recordSending(
  lease: HeldLease,
  run: Run,
  messageIds: readonly string[],
): Promise<string[]> {
  return writeHolding(lease, async ({ trx }) => {
    const isAsked = (await undecidedRequests(trx, run.projectId)).length > 0;
    return isAsked ? [] : markSent(trx, messageIds, run.id);
  });
}

/** Takes back that messages were written to a run: these, or all that it has not taken in. */
export async function recordUnsent(
  lease: HeldLease,
  run: Run,
  which: 'all' | readonly string[],
): Promise<void> {
  await writeHolding(lease, ({ trx }) => unmarkSent(trx, run.id, which));
}

export interface Orders {
  /** The project was called off. */
  readonly cancelled: boolean;
  /** Its work was submitted: there is nothing left to do. */
  readonly submitted: boolean;
  /**
   * What the person has sent since the run was claimed and it has not taken in, in its order. Its prompt brings the rest.
   * A reviewer gets none: they are for whoever works on the plan.
   */
  readonly messages: readonly SteeringMessage[];
  /** The newest revision, when a message tells of one. */
  readonly plan: { readonly title: string; readonly markdown: string } | null;
}

/** What the person wants of a run under way. */
export async function ordersFor(bridge: Bridge, run: Run): Promise<Orders> {
  const db = databaseOf(bridge).read;
  const project = await findProject(db, run.projectId);
  const messages = project && isWork(run) ? await laterMessages(db, run) : [];
  return {
    cancelled: project === undefined || project.status === 'cancelled',
    submitted: await hasSubmitted(db, run),
    messages,
    plan:
      project && messages.some(({ planRevision }) => planRevision !== null)
        ? { title: project.title, markdown: await planText(db, run.projectId) }
        : null,
  };
}
