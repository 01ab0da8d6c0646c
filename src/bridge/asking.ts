/** What becomes of requests beside a person's decision: each of these is part of the transaction of another verb. */
import type { ProjectId, RequestId, RunId } from '../project/ids.ts';
import { next, type Project } from '../project/project.ts';
import {
  type AskedRequest,
  isCutOffIn,
  isUntold,
  nextState,
  type RequestAction,
} from '../project/request.ts';
import type { Run } from '../project/run.ts';
import type { Reader, Writer } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';
import { updateProject } from '../store/projects.ts';
import { requestsOf, undecidedRequests, updateRequest } from '../store/requests.ts';
import { runsOf } from '../store/runs.ts';

/** Ends what a project has asked and nobody waits for any more. */
export async function withdrawRequests(trx: Writer, projectId: ProjectId, now: string): Promise<void> {
  for (const request of await undecidedRequests(trx, projectId))
    await closeRequest(trx, request, 'withdraw', now);
}

/** Keeps that the session of a project knows no more of the calls that were put off; what was decided still holds. */
export async function loseDeferred(trx: Writer, projectId: ProjectId, now: string): Promise<void> {
  for (const request of await requestsOf(trx, projectId))
    if (request.deferredAt !== null && isUntold(request)) await closeRequest(trx, request, 'lose', now);
}

/** Keeps that Claude has taken in the prompt of a run that told it what was decided. These calls are not resumed. */
export async function tellAnswers(trx: Writer, { id, projectId }: Run, now: string): Promise<void> {
  const given = (await requestsOf(trx, projectId)).filter((one) => one.runId === id && isUntold(one));
  for (const request of given) {
    if (request.deferredAt !== null) await closeRequest(trx, request, 'lose', now);
    await updateRequest(trx, request.id, { told_at: now });
  }
}

/** Ends a request otherwise than by a decision, with its event. */
export async function closeRequest(
  trx: Writer,
  request: AskedRequest,
  action: Extract<RequestAction, 'use' | 'lose' | 'withdraw'>,
  now: string,
): Promise<void> {
  const state = nextState(request, action);
  if (state === undefined) return;
  await updateRequest(trx, request.id, { state });
  await appendEvent(trx, {
    type: 'request.closed',
    data: { requestId: request.id, state: state as 'used' | 'lost' | 'withdrawn' },
    projectId: request.projectId,
    runId: request.runId,
    actor: 'supervisor',
    createdAt: now,
  });
}

/** Keeps that a run has ended in these calls, which it was let make: whether they were made is unknown. */
export async function cutOffCalls(
  trx: Writer,
  { id: runId, projectId }: Run,
  requestIds: readonly RequestId[],
  now: string,
): Promise<void> {
  for (const id of requestIds) {
    const { toolName: tool, input: what } = await updateRequest(trx, id, { cut_off_at: now });
    await appendEvent(trx, {
      type: 'request.cut_off',
      data: { requestId: id, what, tool },
      projectId,
      runId,
      actor: 'supervisor',
      createdAt: now,
    });
  }
}

/** The calls in which this run of a project was cut off, oldest first. */
export async function cutOffIn(db: Reader, run: Run): Promise<AskedRequest[]> {
  return (await requestsOf(db, run.projectId)).filter((one) => isCutOffIn(one, run));
}

/** A project whose run has ended waits for a person while anything that it asked is undecided. */
export async function waitForAnswers(trx: Writer, project: Project, now: string): Promise<Project> {
  const status = next(project, 'ask');
  if (!status) return project;
  const undecided = await undecidedRequests(trx, project.id);
  if (undecided.length === 0) return project;
  await updateProject(trx, project.id, { status });
  await appendEvent(trx, {
    type: 'project.asked',
    data: { requests: undecided.map(({ id }) => id) },
    projectId: project.id,
    runId: null,
    actor: 'supervisor',
    createdAt: now,
  });
  return { ...project, status, updatedAt: now };
}

/** What was decided of what runs of this round have asked, and Claude does not know yet, oldest first. */
export async function untoldAnswers(
  db: Reader,
  { id, round }: Pick<Project, 'id' | 'round'>,
): Promise<AskedRequest[]> {
  const untold = (await requestsOf(db, id)).filter(isUntold);
  if (untold.length === 0) return [];
  const inRound = (await runsOf(db, id)).filter((run) => run.round === round);
  return untold.filter(({ runId }) => inRound.some((run) => run.id === runId));
}

/** Assigns what was decided to the run that is to tell Claude. */
export async function giveAnswers(trx: Writer, untold: readonly AskedRequest[], runId: RunId): Promise<void> {
  for (const { id } of untold) await updateRequest(trx, id, { run_id: runId });
}

/**
 * The call that was put off and with which a session goes on by itself, without a prompt; undefined when it has none, or
 * has lost it.
 */
export function deferredCall(
  untold: readonly AskedRequest[],
  inSession: readonly Pick<Run, 'id'>[],
): AskedRequest | undefined {
  return untold.findLast(
    ({ deferredAt, runId, state }) =>
      deferredAt !== null && state !== 'lost' && inSession.some(({ id }) => id === runId),
  );
}
