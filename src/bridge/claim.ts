/** Which project gets the next run: found, claimed and recorded in one transaction. */

import type { Environment } from '../environment.ts';
import { type CostSum, sumCosts } from '../project/costs.ts';
import type { Happening } from '../project/event.ts';
import { OWN_ACCOUNT } from '../project/ids.ts';
import { isOutline, opensWork } from '../project/outline.ts';
import type { Project } from '../project/project.ts';
import type { AskedRequest } from '../project/request.ts';
import type { RecordedEvidence } from '../project/review.ts';
import { isWork, type Run, type WorkKind } from '../project/run.ts';
import type { Writer } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';
import { findEvidence } from '../store/evidence.ts';
import { type HoldKey, putProbe } from '../store/holds.ts';
import { giveWaiting } from '../store/messages.ts';
import { planRevision } from '../store/plans.ts';
import { updateProject } from '../store/projects.ts';
import { type HeldWork, lockNextReady, nextReadyAt } from '../store/queue.ts';
import { lastOwnModel } from '../store/run-facts.ts';
import { findRun, insertRun, runsOf } from '../store/runs.ts';
import { deferredCall, giveAnswers, untoldAnswers } from './asking.ts';
import { newRunId, nowText } from './bridge.ts';
import { type Briefing, readBriefing } from './briefing.ts';
import { type FreeWorkspace, findFreeWorkspace, type WaysToLook } from './free-workspace.ts';
import { holdsHere } from './holds.ts';
import { type HeldLease, writeHolding } from './lease.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';
import { settlePlace } from './place.ts';
import { chooseSession, isFreshInRound } from './revision.ts';
import { runEvent } from './run-event.ts';

export interface StartedRun {
  readonly run: Run;
  readonly project: Project;
  /** Earlier runs of the project that worked on it and had a process, in their order. */
  readonly earlier: readonly Run[];
  /** What the runs before this one have cost. */
  readonly spent: CostSum;
  /** What its prompt is made of. */
  readonly briefing: Briefing;
  /** The call that was put off: its session goes on with it, without a prompt; undefined for all others. */
  readonly resumes: AskedRequest | undefined;
}

interface StartDefaults extends WaysToLook {
  readonly model: string | null;
  readonly newSessionId: () => string;
  /** Holds that are over unless this run finds otherwise: it probes them. */
  readonly probes?: readonly HoldKey[];
  /** Where git is found, for a project that moves to the folder of another repository. */
  readonly env?: Environment;
  /** Model families whose limit is reached. */
  readonly heldFamilies?: readonly string[];
  /** Only work that was begun goes on. */
  readonly isPendingHeld?: boolean;
}

/**
 * Claims the first ready project and records its run, in one transaction: highest priority first, then oldest, at most
 * one run in a workspace and whatever overlaps with it. Undefined when nothing is ready.
 */
export async function startNextRun(
  lease: HeldLease,
  defaults: StartDefaults,
): Promise<StartedRun | undefined> {
  const families = defaults.heldFamilies ?? [];
  // Where nobody names a model it is Claude's own, known since its last run.
  const own = families.length > 0 ? await lastOwnModel(databaseOf(lease.bridge).read) : null;
  const held = { families, model: defaults.model ?? own, pending: defaults.isPendingHeld ?? false };
  for (;;) {
    const free = await findFreeWorkspace(lease.bridge, held, defaults);
    if (!free) return undefined;
    const { policy, env = {} } = defaults;
    if (policy && (await settlePlace(lease, policy, free.project, env)) === 'changed') continue;
    const started = await claim(lease, defaults, held, free);
    if (started !== 'changed') return started;
  }
}

/** `changed`: another project than the one that was looked at has become the first, or it was moved. */
async function claim(
  lease: HeldLease,
  defaults: StartDefaults,
  held: HeldWork,
  free: FreeWorkspace,
): Promise<StartedRun | undefined | 'changed'> {
  const runId = newRunId();
  const newSessionId = defaults.newSessionId();
  const { probes = [] } = defaults;
  return writeHolding(lease, async ({ trx, now }) => {
    const holds = await holdsHere(trx, lease.bridge);
    // A pause that was said while this claim was on its way wins.
    if (holds.some(({ kind }) => kind === 'paused')) return undefined;
    if (probes.length > 0 && holds.some(({ probeRunId }) => probeRunId !== null)) return undefined;
    const project = await lockNextReady(trx, lease.bridge.machineId, now, held, free.busy);
    if (project?.id !== free.project.id || project.workspace !== free.project.workspace) return 'changed';

    const runs = await runsOf(trx, project.id);
    const revision = await chooseSession(trx, project, runs, defaults.policy, new Date(now));
    const isNewSession = project.status === 'rejected' && revision?.session === 'fresh';
    const claimed = await takeUp(trx, project, now);
    const spawned = runs.filter((run) => run.spawnedAt !== null);
    const earlier = spawned.filter(isWork);
    const sessionId = isNewSession ? newSessionId : (project.sessionId ?? newSessionId);
    const inSession = earlier.filter((run) => run.sessionId === sessionId);
    const inRound = earlier.filter(({ round }) => round === claimed.round);
    const untold = await untoldAnswers(trx, claimed);
    const measured = await findEvidence(trx, project.id, claimed.round);
    const kind = kindOfRun(claimed, inRound, measured, untold.length > 0);
    const resumes =
      kind === 'answer'
        ? deferredCall(
            untold,
            runs.filter((one) => one.sessionId === sessionId),
          )
        : undefined;
    await insertRun(trx, {
      id: runId,
      project_id: project.id,
      machine_id: lease.bridge.machineId,
      account: OWN_ACCOUNT,
      kind,
      round: claimed.round,
      workspace: free.folder,
      session_id: sessionId,
      revision: revision && JSON.stringify(revision),
      // Without a prompt it is not told of a newer one yet.
      plan_revision: (resumes && earlier.at(-1)?.planRevision) ?? (await planRevision(trx, project.id)),
      model: modelOfSession(inSession) ?? project.model ?? defaults.model,
      created_at: now,
    });
    await putProbe(trx, probes, runId);
    if (resumes === undefined) await giveWaiting(trx, project.id, runId);
    await giveAnswers(trx, untold, runId);
    await updateProject(trx, project.id, { session_id: sessionId });
    const spent = sumCosts(spawned.map(({ costUsd }) => costUsd));
    const run = await findRun(trx, runId);
    if (!run) throw new Error(`run ${runId} is not there right after it was inserted`);
    const session = revision && { session: revision.session };
    const data = { kind: run.kind, round: run.round, sessionId, ...session };
    await runEvent(trx, run, { type: 'run.started', data }, now);
    // Last: the record names the run itself, too.
    const working = { ...claimed, runId, sessionId };
    const briefing = await readBriefing(trx, working, isFreshInRound(run, [...runs, run]));
    return { run, project: working, earlier, spent, briefing, resumes };
  });
}

/**
 * A session goes on with the model of its last answered run, whatever the default is now; not with one that the service
 * has known no more since.
 */
function modelOfSession(runs: readonly Run[]): string | null {
  const last = runs.findLastIndex(({ answeredAt }) => answeredAt !== null);
  const model = runs[last]?.model ?? runs[last]?.modelUsed ?? null;
  const isUnknown = runs
    .slice(last + 1)
    .some(({ outcome }) => outcome?.kind === 'model_unknown' && outcome.model === model);
  return isUnknown ? null : model;
}

/** A pending project is claimed, a rejected one enters its next round, one in progress goes on. */
async function takeUp(trx: Writer, project: Project, now: string): Promise<Project> {
  const event = (happening: Happening) =>
    appendEvent(trx, {
      ...happening,
      projectId: project.id,
      runId: null,
      actor: 'supervisor',
      createdAt: now,
    });
  let round = project.round;
  if (project.status === 'pending') await event({ type: 'project.claimed', data: { by: 'supervisor' } });
  if (project.status === 'rejected') {
    round += 1;
    await event({ type: 'project.revision_started', data: { round } });
  }
  const status = 'in_progress';
  await updateProject(trx, project.id, {
    status,
    claimed_by: 'supervisor',
    round,
    not_before: null,
    expires_at: null,
  });
  return {
    ...project,
    status,
    claimedBy: 'supervisor',
    round,
    notBefore: null,
    expiresAt: null,
    updatedAt: now,
  };
}

/** The first run of a round opens it; a later one brings answers, repairs what the checks or a reviewer found, or resumes it. */
function kindOfRun(
  project: Project,
  inRound: readonly Run[],
  measured: RecordedEvidence | undefined,
  isAnswered: boolean,
): WorkKind {
  if (inRound.length === 0) return firstKind(project);
  if (measured && inRound.at(-1)?.id === measured.runId) return 'repair';
  return isAnswered ? 'answer' : 'resume';
}

function firstKind(project: Project): WorkKind {
  if (project.round === 1) return isOutline(project) ? 'outline' : 'execute';
  return opensWork(project) ? 'execute' : 'revise';
}

/** When a project that waits out a back-off becomes ready. */
export async function nextReadyTime(bridge: Bridge): Promise<Date | undefined> {
  const at = await nextReadyAt(databaseOf(bridge).read, nowText(bridge));
  return at === undefined ? undefined : new Date(at);
}
