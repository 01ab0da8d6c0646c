/** What Claude Code asks a person, and what the person decides about it: the first decision stands. */
import { viaOf } from '../project/actor.ts';
import { isRequestId, type ProjectId, type RequestId } from '../project/ids.ts';
import type { Project } from '../project/project.ts';
import {
  type AskedRequest,
  isUndecided,
  isUntold,
  nextState,
  type PermissionScope,
  type RequestAction,
  type RequestState,
} from '../project/request.ts';
import { describeState } from '../project/request-text.ts';
import type { ResumeCost } from '../project/resume-cost.ts';
import type { Run } from '../project/run.ts';
import { cleanLine, cleanText, LIMITS } from '../project/text.ts';
import { ok, type Result, refuse } from '../result.ts';
import {
  findRequest as findRequestRow,
  requestIdsFrom,
  requestsOf,
  undecidedRequests,
  updateRequest,
} from '../store/requests.ts';
import { type Actor, type Bridge, changeProject, nowText, type ProjectChange } from './bridge.ts';
import { resolvePrefix } from './id-prefix.ts';
import { databaseOf } from './open-bridge.ts';
import { resumeCostOf } from './resume-cost.ts';

export interface DecidedRequest {
  readonly request: AskedRequest;
  /** As it is now: in progress again when nothing that it asked is undecided. */
  readonly project: Project;
  /** What it costs that the session goes on; null: nothing is read again. */
  readonly resumeCost: ResumeCost | null;
  /** The same decision had been made before; it was returned and nothing was changed. */
  readonly repeated: boolean;
}

export interface RequestDecisionOptions {
  /** Whether what is asked was shown in the conversation that the decision comes from; undefined where there is none. */
  readonly shown?: boolean;
}

/** Answers a question in the person's words. */
export async function answerRequest(
  bridge: Bridge,
  id: RequestId,
  answer: string,
  actor: Actor,
  options: RequestDecisionOptions = {},
): Promise<Result<DecidedRequest>> {
  if (answer.length > LIMITS.reason)
    return refuse(`the answer is longer than ${LIMITS.reason} characters; shorten it.`);
  const words = cleanText(answer);
  if (words === '') return refuse("a non-empty 'answer' is required to answer a question.");
  return decide(bridge, id, { action: 'answer', scope: null, answer: words }, actor, options);
}

/** Allows a call: once, or whenever this project makes it with an equal input. */
export async function allowRequest(
  bridge: Bridge,
  id: RequestId,
  scope: PermissionScope,
  actor: Actor,
  options: RequestDecisionOptions = {},
): Promise<Result<DecidedRequest>> {
  return decide(bridge, id, { action: 'allow', scope, answer: null }, actor, options);
}

/** Denies a call; Claude is told the reason, and goes on without it. */
export async function denyRequest(
  bridge: Bridge,
  id: RequestId,
  reason: string,
  actor: Actor,
  options: RequestDecisionOptions = {},
): Promise<Result<DecidedRequest>> {
  if (reason.length > LIMITS.reason)
    return refuse(`the reason is longer than ${LIMITS.reason} characters; shorten it.`);
  const words = cleanText(reason);
  if (words === '') return refuse("a non-empty 'reason' is required to deny a call.");
  return decide(bridge, id, { action: 'deny', scope: null, answer: words }, actor, options);
}

interface Verdict {
  readonly action: Extract<RequestAction, 'answer' | 'allow' | 'deny'>;
  readonly scope: PermissionScope | null;
  readonly answer: string | null;
}

async function decide(
  bridge: Bridge,
  id: RequestId,
  verdict: Verdict,
  actor: Actor,
  { shown = true }: RequestDecisionOptions,
): Promise<Result<DecidedRequest>> {
  const asked = await findRequest(bridge, id);
  if (!asked.ok) return asked;
  return changeProject<DecidedRequest>(
    bridge,
    asked.value.projectId,
    'settle_request',
    actor,
    async (change) => {
      const state = nextState(asked.value, verdict.action);
      if (!state) throw new Error(`request ${id} cannot be ${verdict.action}ed after it was checked`);
      const settled = await settle(change, asked.value, { ...verdict, state, by: actor });
      const cost = await resumeCostOf(change.trx, settled.project, change.now);
      return { ...settled, resumeCost: cost, repeated: false };
    },
    async (trx, project) => {
      const present = await findRequestRow(trx, id);
      if (!present) return refuse(unknownRequest(id));
      if (isUndecided(present)) {
        if (nextState(present, verdict.action) === undefined) return refuse(wrongKind(present));
        return shown ? undefined : refuse(notShown(present));
      }
      if (!isRepeated(present, verdict)) return refuse(`${describeState(present)}; nothing was changed.`);
      const cost = isUntold(present) ? await resumeCostOf(trx, project, nowText(bridge)) : null;
      return ok({ request: present, project, resumeCost: cost, repeated: true });
    },
  );
}

interface Settled {
  readonly state: RequestState;
  readonly scope: PermissionScope | null;
  readonly answer: string | null;
  readonly by: Actor;
}

/**
 * Within a change of its project: records a decision, with its event, and lets a project go on that waits for nothing else
 * that it has asked.
 */
export async function settle(
  change: ProjectChange,
  { id, kind }: AskedRequest,
  { state, scope, answer, by }: Settled,
): Promise<{ request: AskedRequest; project: Project }> {
  const { trx, now, project, event } = change;
  const via = viaOf(by);
  const decided = { decided_by: by, decided_via: via, decided_at: now };
  const request = await updateRequest(trx, id, { state, scope, answer, ...decided });
  const decision = state as 'answered' | 'allowed' | 'denied' | 'defaulted';
  const data = { requestId: id, kind, decision, scope, answer, by, via };
  await event({ type: 'request.decided', data });
  return { request, project: { ...project, status: await goOn(change), updatedAt: now } };
}

/** Back to work, once nothing that was asked is undecided; returns the status after it. */
async function goOn({ trx, project, moveOn, event }: ProjectChange): Promise<Project['status']> {
  if (project.status !== 'awaiting_answer') return project.status;
  if ((await undecidedRequests(trx, project.id)).length > 0) return project.status;
  await event({ type: 'project.answered', data: {} });
  return moveOn('answer');
}

/** Whether an earlier decision is this one, made again; what has followed from it since does not matter. */
function isRepeated({ kind, scope, answer, decidedAt, state }: AskedRequest, verdict: Verdict): boolean {
  if (decidedAt === null || state === 'defaulted' || scope !== verdict.scope || answer !== verdict.answer)
    return false;
  return (kind === 'question') === (verdict.action === 'answer');
}

function wrongKind({ id, kind }: AskedRequest): string {
  return kind === 'question'
    ? `request ${id} is a question: answer it; nothing was changed.`
    : `request ${id} asks for permission: allow or deny it; nothing was changed.`;
}

function notShown({ id, kind }: AskedRequest): string {
  return `${kind} ${id} has not been shown yet: show it to the person first (bridge_get_questions); nothing was changed.`;
}

function unknownRequest(text: string): string {
  return `request not found: ${cleanLine(text.slice(0, 100))}`;
}

/** One request, whatever has become of it. */
export async function findRequest(bridge: Bridge, id: RequestId): Promise<Result<AskedRequest>> {
  const found = isRequestId(id) ? await findRequestRow(databaseOf(bridge).read, id) : undefined;
  return found ? ok(found) : refuse(unknownRequest(id));
}

/** The request whose call this run has put off; undefined for a call that somebody else's hook put off. */
export async function requestDeferredBy(
  bridge: Bridge,
  run: Pick<Run, 'id' | 'projectId'>,
  toolUseId: string,
): Promise<RequestId | undefined> {
  const asked = await requestsOf(databaseOf(bridge).read, run.projectId);
  return asked.findLast(
    (one) => one.toolUseId === toolUseId && one.runId === run.id && one.deferredAt !== null,
  )?.id;
}

/** The id of the one request that `text`, an id or its first characters, names. */
export async function resolveRequestId(bridge: Bridge, text: string): Promise<Result<RequestId>> {
  return resolvePrefix(text, {
    things: 'requests',
    unknown: unknownRequest,
    find: (prefix, limit) => requestIdsFrom(databaseOf(bridge).read, prefix, limit),
  });
}

/** What Claude Code has asked, oldest first: what a person can decide now, or all that one project ever asked. */
export async function listRequests(
  bridge: Bridge,
  filter: { readonly projectId?: ProjectId; readonly undecided: boolean },
): Promise<AskedRequest[]> {
  const { projectId, undecided } = filter;
  const db = databaseOf(bridge).read;
  if (undecided || projectId === undefined) return undecidedRequests(db, projectId);
  return requestsOf(db, projectId);
}
