/** What Claude Code says about a project it works on: progress, and that the work is done. */

import { hasExpired } from '../project/expiry.ts';
import type { ProjectId, RunId } from '../project/ids.ts';
import { isOutline } from '../project/outline.ts';
import type { Project } from '../project/project.ts';
import type { Completion, SteeringMessage, Update } from '../project/review.ts';
import { cleanLine, cleanText, LIMITS } from '../project/text.ts';
import { ok, type Refusal, type Result, refuse } from '../result.ts';
import type { Writer } from '../store/database.ts';
import { markAmendmentsTold, waitingMessages } from '../store/messages.ts';
import { planRevision, planText } from '../store/plans.ts';
import { updateProject } from '../store/projects.ts';
import { readyProjects } from '../store/queue.ts';
import { findCompletion, findCompletionByRequest, insertCompletion } from '../store/reviews.ts';
import { findRun } from '../store/runs.ts';
import { findUpdateByRequest, insertUpdate } from '../store/updates.ts';
import { withdrawRequests } from './asking.ts';
import { type Bridge, changeProject, nowText } from './bridge.ts';
import { whyItWaits } from './dependencies.ts';
import { databaseOf } from './open-bridge.ts';

/** The next plan in the queue, for a person's own Claude Code session; undefined when nothing waits. */
export async function pendingPlan(
  bridge: Bridge,
): Promise<{ project: Project; markdown: string } | undefined> {
  const ready = await readyProjects(databaseOf(bridge).read, bridge.machineId, nowText(bridge), 100);
  const project = ready.find(({ status }) => status === 'pending');
  return project && { project, markdown: await planText(databaseOf(bridge).read, project.id) };
}

/** Takes a pending project for a person's own Claude Code session. */
export async function claimByHand(
  bridge: Bridge,
  projectId: ProjectId,
): Promise<Result<{ project: Project; markdown: string }>> {
  return changeProject<{ project: Project; markdown: string }>(
    bridge,
    projectId,
    'claim',
    'code',
    async ({ trx, now, project, to, event }) => {
      const mine = { claimed_by: 'code', tries: 0, not_before: null, expires_at: null } as const;
      await updateProject(trx, projectId, mine);
      await event({ type: 'project.claimed', data: { by: 'code' } });
      const begun = { claimedBy: 'code', tries: 0, notBefore: null, expiresAt: null } as const;
      const claimed: Project = { ...project, ...begun, status: to, updatedAt: now };
      return { project: claimed, markdown: await planText(trx, projectId) };
    },
    async (trx, project) => {
      if (project.status !== 'pending') return undefined;
      if (hasExpired(project, nowText(bridge)))
        return refuse(`it was to begin by ${project.expiresAt} and has expired; nothing was changed.`);
      return whyItWaits(trx, project);
    },
  );
}

/** Opens the next round of a rejected project, for a person's own Claude Code session. */
export async function resetForRevision(bridge: Bridge, projectId: ProjectId): Promise<Result<Project>> {
  return changeProject(
    bridge,
    projectId,
    'reset_for_revision',
    'code',
    async ({ trx, now, project, to, event }) => {
      const round = project.round + 1;
      await updateProject(trx, projectId, { round, claimed_by: 'code' });
      await event({ type: 'project.revision_started', data: { round } });
      return { ...project, round, claimedBy: 'code', status: to, updatedAt: now };
    },
  );
}

/** Who speaks for a project. */
export interface Speaker {
  /** Null: a person's own Claude Code session. */
  readonly runId: RunId | null;
  /** Under which a call that the same speaker repeats is recognised; another run may have used the same one. */
  readonly requestId: string | null;
}

/**
 * Only a run that is under way speaks for its project: what one of an earlier round left behind does not. While there is
 * one, nobody else does: neither a person's own session nor a server that has lost the environment of its run.
 */
export async function whyNotHeard(
  trx: Writer,
  project: Project,
  { runId }: Speaker,
): Promise<Refusal | undefined> {
  if (runId === null) {
    return project.runId === null ? undefined : refuse(RUN_SPEAKS);
  }
  const isUnderWay = project.runId === runId && (await findRun(trx, runId))?.round === project.round;
  return isUnderWay ? undefined : refuse('this run is over; nothing was changed.');
}

/**
 * What was done by an older plan is not submitted while the newer one has not reached whoever did it. A run is told by a
 * message; a person's own session gets none, so it is told here, once.
 */
async function whyOutdated(
  trx: Writer,
  { id, status }: Project,
  { runId }: Speaker,
  now: string,
): Promise<Refusal | undefined> {
  const waiting = await waitingMessages(trx, id);
  // The prompt of a run brings what it was given.
  const isGiven = (message: SteeringMessage) => runId !== null && message.runId === runId;
  const isNews = waiting.some((message) => message.planRevision !== null && !isGiven(message));
  if (status !== 'in_progress' || !isNews) return undefined;
  const what = `the plan was amended while you worked (revision ${await planRevision(trx, id)}); nothing was submitted.`;
  if (runId !== null)
    return refuse(`${what} The new plan comes to you as a message: do what it asks, then submit again.`);
  await markAmendmentsTold(trx, id, now);
  return refuse(
    `${what} Read the new plan with bridge_get_pending_plan and this project_id, do what it asks, then submit again.`,
  );
}

const RUN_SPEAKS =
  "a run of the supervisor works on this project, and only that run reports and submits; nothing was changed. Wait for it to end, or have the person tell it more ('bridge-supervisor steer') or call it off ('bridge-supervisor cancel').";

/** Adds a line of progress. */
export async function sendUpdate(
  bridge: Bridge,
  projectId: ProjectId,
  message: string,
  speaker: Speaker,
): Promise<Result<{ update: Update; repeated: boolean }>> {
  if (message.length > LIMITS.message)
    return refuse(`the message is longer than ${LIMITS.message} characters; shorten it.`);
  const words = cleanText(message);
  if (words === '') return refuse("a non-empty 'message' is required to send an update.");
  return changeProject<{ update: Update; repeated: boolean }>(
    bridge,
    projectId,
    'send_update',
    'code',
    async ({ trx, now, event }) => {
      const row = {
        project_id: projectId,
        run_id: speaker.runId,
        message: words,
        request_id: speaker.requestId,
        created_at: now,
      };
      const update = await insertUpdate(trx, row);
      await event({ type: 'project.updated', data: { message: words } }, speaker.runId);
      return { update, repeated: false };
    },
    async (trx, project) => {
      const { runId, requestId } = speaker;
      const first =
        requestId === null ? undefined : await findUpdateByRequest(trx, projectId, runId, requestId);
      return first ? ok({ update: first, repeated: true }) : whyNotHeard(trx, project, speaker);
    },
  );
}

export interface Submission {
  readonly summary: string;
  readonly filesCreated: readonly string[];
  readonly filesModified: readonly string[];
  readonly caveats: string;
}

/** Submits the round's work: the supervisor measures it, or the person decides at once. A repeated submission returns the first one. */
export async function sendCompletion(
  bridge: Bridge,
  projectId: ProjectId,
  submission: Submission,
  speaker: Speaker,
): Promise<Result<{ completion: Completion; repeated: boolean }>> {
  if (submission.summary.length > LIMITS.summary)
    return refuse(`the summary is longer than ${LIMITS.summary} characters; shorten it.`);
  if (submission.caveats.length > LIMITS.caveats)
    return refuse(`the caveats are longer than ${LIMITS.caveats} characters; shorten them.`);
  const summary = cleanText(submission.summary);
  if (summary === '') return refuse("a non-empty 'summary' is required to submit a completion.");
  return changeProject<{ completion: Completion; repeated: boolean }>(
    bridge,
    projectId,
    'send_completion',
    'code',
    async ({ trx, now, project, event }) => {
      const { round } = project;
      const attempt = ((await findCompletion(trx, projectId, round))?.attempt ?? 0) + 1;
      await insertCompletion(trx, {
        project_id: projectId,
        round,
        attempt,
        run_id: speaker.runId,
        files_created: JSON.stringify(submission.filesCreated.map(cleanLine)),
        files_modified: JSON.stringify(submission.filesModified.map(cleanLine)),
        summary,
        caveats: cleanText(submission.caveats),
        request_id: speaker.requestId,
        created_at: now,
      });
      await updateProject(trx, projectId, { tries: 0, not_before: null });
      await withdrawRequests(trx, projectId, now);
      const outline = isOutline(project) && { outline: true };
      await event(
        { type: 'project.submitted', data: { round, attempt, summary, ...outline } },
        speaker.runId,
      );
      const completion = await findCompletion(trx, projectId, round);
      if (!completion) throw new Error(`completion of ${projectId} is not there right after it was inserted`);
      return { completion, repeated: false };
    },
    async (trx, project) => {
      const { runId, requestId } = speaker;
      const first =
        requestId === null ? undefined : await findCompletionByRequest(trx, projectId, runId, requestId);
      if (first) return ok({ completion: first, repeated: true });
      return (
        (await whyNotHeard(trx, project, speaker)) ?? whyOutdated(trx, project, speaker, nowText(bridge))
      );
    },
  );
}
