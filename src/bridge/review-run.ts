/** The run of a reviewer: it reads what was submitted while the project is verified, and moves nothing. */
import type { Unreviewed } from '../project/evidence.ts';
import type { StandingHold } from '../project/hold.ts';
import { OWN_ACCOUNT, type RunId } from '../project/ids.ts';
import type { Run } from '../project/run.ts';
import { ok, type Result, refuse } from '../result.ts';
import { planText } from '../store/plans.ts';
import { lockProject } from '../store/projects.ts';
import { lastDecision } from '../store/reviews.ts';
import { findRun, insertRun, openWorkspaces } from '../store/runs.ts';
import { newRunId } from './bridge.ts';
import { holdsHere } from './holds.ts';
import { type HeldLease, writeHolding } from './lease.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';
import { runEvent } from './run-event.ts';
import type { ToVerify } from './verifying.ts';

export interface StartedReview {
  readonly run: Run;
  /** The plan whose work it reads. */
  readonly markdown: string;
  /** Why the round before this one was rejected. */
  readonly reason: string | null;
}

interface ReviewStart {
  readonly model: string | null;
  /** Where the work lies. */
  readonly folder: string;
  readonly sessionId: string;
}

/**
 * Records the run of a reviewer, unless a hold stands or somebody else works in the folder: then it says why. Undefined when the round is no longer verified. Throws LeaseLost.
 */
export async function startReview(
  lease: HeldLease,
  { project: { id, round } }: Pick<ToVerify, 'project'>,
  { model, folder, sessionId }: ReviewStart,
): Promise<Result<StartedReview, Unreviewed> | undefined> {
  const runId = newRunId();
  const { bridge } = lease;
  return writeHolding<Result<StartedReview, Unreviewed> | undefined>(lease, async ({ trx, now }) => {
    const project = await lockProject(trx, id);
    if (project?.status !== 'verifying' || project.round !== round || project.runId !== null)
      return undefined;
    const holds = (await holdsHere(trx, bridge)).filter((hold) => concerns(hold, model));
    if (holds.length > 0) return refuse({ kind: 'held', holds: holds.map(({ kind }) => kind) });
    const busy = await openWorkspaces(trx, bridge.machineId);
    if (busy.includes(folder)) return refuse({ kind: 'folder_busy' });
    await insertRun(trx, {
      id: runId,
      project_id: id,
      machine_id: bridge.machineId,
      account: OWN_ACCOUNT,
      kind: 'review',
      round,
      workspace: folder,
      session_id: sessionId,
      model,
      created_at: now,
    });
    const run = await findRun(trx, runId);
    if (!run) throw new Error(`run ${runId} is not there right after it was inserted`);
    await runEvent(trx, run, { type: 'run.started', data: { kind: run.kind, round, sessionId } }, now);
    const decision = await lastDecision(trx, id);
    return ok({
      run,
      markdown: await planText(trx, id),
      reason: decision?.verdict === 'rejected' ? decision.reason : null,
    });
  });
}

/**
 * A hold of a model family concerns a review by such a model. One without a model may be of any family. A review is part of
 * work that was begun.
 */
function concerns({ kind, scope }: StandingHold, model: string | null): boolean {
  // A reviewer runs no command.
  if (kind === 'unreviewed' || kind === 'sandbox_missing') return false;
  return scope === '' || model === null || model.toLowerCase().includes(scope.toLowerCase());
}

/** A run as it ended, with what it cost. */
export async function endedRun(bridge: Bridge, id: RunId): Promise<Run | undefined> {
  return findRun(databaseOf(bridge).read, id);
}
