/** What Claude Code says about a project it works on: progress, and that the work is done. */
import type { Project } from '../project/project.ts';
import { completionBlock, recordLine, updateLine } from '../project/record.ts';
import type { Completion, Update } from '../project/review.ts';
import { cleanLine, cleanText, LIMITS } from '../project/text.ts';
import { planText, readyProjects, updateProject } from '../store/projects.ts';
import { findCompletion, findCompletionByRequest, insertCompletion } from '../store/reviews.ts';
import { insertUpdate } from '../store/updates.ts';
import {
  type Actor,
  type Bridge,
  changeProject,
  done,
  lookUp,
  nowText,
  type Reply,
  refuse,
} from './bridge.ts';
import { recordChange } from './project-record.ts';

/** The next plan in the queue, for a person's own Claude Code session; undefined when nothing waits. */
export async function pendingPlan(
  bridge: Bridge,
): Promise<{ project: Project; markdown: string } | undefined> {
  const ready = await readyProjects(bridge.database.read, nowText(bridge), 100);
  const project = ready.find(({ status }) => status === 'pending');
  return project && { project, markdown: await planText(bridge.database.read, project.id) };
}

/** Takes a pending project for a person's own Claude Code session. */
export async function claimByHand(
  bridge: Bridge,
  projectId: string,
): Promise<Reply<{ project: Project; markdown: string }>> {
  return changeProject(bridge, projectId, 'claim', 'code', async ({ trx, now, project, to, event }) => {
    await updateProject(trx, projectId, { claimed_by: 'code', tries: 0, not_before: null });
    await event('project.claimed', { by: 'code' });
    const claimed: Project = { ...project, status: to, claimedBy: 'code', updatedAt: now };
    return { project: claimed, markdown: await planText(trx, projectId) };
  });
}

/** Opens the next round of a rejected project, for a person's own Claude Code session. */
export async function resetForRevision(bridge: Bridge, projectId: string): Promise<Reply<Project>> {
  return changeProject(
    bridge,
    projectId,
    'reset_for_revision',
    'code',
    async ({ trx, now, project, to, event }) => {
      const round = project.round + 1;
      await updateProject(trx, projectId, { round, claimed_by: 'code' });
      await event('project.revision_started', { round });
      return { ...project, round, status: to, updatedAt: now };
    },
  );
}

/** Which run speaks, and the id under which a repeated call is recognised. */
export interface Speaker {
  readonly runId: string | null;
  readonly requestId: string | null;
}

/** Adds a line of progress. */
export async function sendUpdate(
  bridge: Bridge,
  projectId: string,
  message: string,
  speaker: Speaker,
): Promise<Reply<{ update: Update; repeated: boolean }>> {
  const words = cleanText(message);
  if (words === '') return refuse("a non-empty 'message' is required to send an update.");
  if (words.length > LIMITS.message)
    return refuse(`the message is longer than ${LIMITS.message} characters; shorten it.`);
  const reply = await changeProject(
    bridge,
    projectId,
    'send_update',
    'code',
    async ({ trx, now, project, event }) => {
      const row = {
        project_id: projectId,
        run_id: speaker.runId,
        message: words,
        request_id: speaker.requestId,
        created_at: now,
      };
      const stored = await insertUpdate(trx, row);
      if (!stored.repeated) await event('project.updated', { message: words }, speaker.runId);
      return { ...stored, project };
    },
  );
  if (!reply.ok) return reply;
  const { project, update, repeated } = reply.value;
  if (!repeated) await recordChange(bridge, project, updateLine(update));
  return done({ update, repeated });
}

export interface Submission {
  readonly summary: string;
  readonly filesCreated: readonly string[];
  readonly filesModified: readonly string[];
  readonly caveats: string;
}

/** Submits the round's work for approval. A repeated submission returns the first one. */
export async function sendCompletion(
  bridge: Bridge,
  projectId: string,
  submission: Submission,
  speaker: Speaker,
): Promise<Reply<{ completion: Completion; repeated: boolean }>> {
  const summary = cleanText(submission.summary);
  const caveats = cleanText(submission.caveats);
  if (summary === '') return refuse("a non-empty 'summary' is required to submit a completion.");
  if (summary.length > LIMITS.summary)
    return refuse(`the summary is longer than ${LIMITS.summary} characters; shorten it.`);
  if (caveats.length > LIMITS.caveats)
    return refuse(`the caveats are longer than ${LIMITS.caveats} characters; shorten them.`);
  const reply = await changeProject<{ completion: Completion; repeated: boolean; project: Project }>(
    bridge,
    projectId,
    'send_completion',
    'code',
    async ({ trx, now, project, event }) => {
      const { round } = project;
      await insertCompletion(trx, {
        project_id: projectId,
        round,
        run_id: speaker.runId,
        files_created: JSON.stringify(submission.filesCreated.map(cleanLine)),
        files_modified: JSON.stringify(submission.filesModified.map(cleanLine)),
        summary,
        caveats,
        request_id: speaker.requestId,
        created_at: now,
      });
      await updateProject(trx, projectId, { tries: 0, not_before: null });
      await event('project.submitted', { round, summary }, speaker.runId);
      const completion = await findCompletion(trx, projectId, round);
      if (!completion) throw new Error(`completion of ${projectId} is not there right after it was inserted`);
      return { completion, repeated: false, project };
    },
    async (trx, project) => {
      if (speaker.requestId === null) return undefined;
      const completion = await findCompletionByRequest(trx, projectId, speaker.requestId);
      return completion && done({ completion, repeated: true, project });
    },
  );
  if (!reply.ok) return reply;
  const { completion, repeated, project } = reply.value;
  if (!repeated) await recordChange(bridge, project, completionBlock(completion));
  return done({ completion, repeated });
}

/** A line from the supervisor or the person in the project's record and updates. */
export async function note(bridge: Bridge, projectId: string, text: string, actor: Actor): Promise<void> {
  const project = await lookUp(bridge.database.read, projectId);
  if (project) await recordChange(bridge, project, recordLine(nowText(bridge), `(${actor}) ${text}`));
}
