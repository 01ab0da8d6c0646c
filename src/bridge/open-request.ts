/** Claude Code asks: recorded once for a call, by the run under way alone. */
import { hash } from 'node:crypto';
import type { ProjectId, RequestId, RunId } from '../project/ids.ts';
import {
  type AskedRequest,
  canonicalInput,
  isUndecided,
  MAX_UNDECIDED,
  type RequestKind,
} from '../project/request.ts';
import { cleanText } from '../project/text.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { Reader } from '../store/database.ts';
import { countUndecided, insertRequest, requestsWithInput } from '../store/requests.ts';
import { type Bridge, changeProject, newRequestId, type ProjectChange } from './bridge.ts';
import { whyNotHeard } from './submissions.ts';

/** Who asks: a run of the supervisor. */
export interface Asker {
  readonly projectId: ProjectId;
  readonly runId: RunId;
}

/** A call of a tool in Claude's conversation. */
export interface AskedCall {
  readonly toolUseId: string;
  readonly toolName: string;
  /** As JSON. */
  readonly input: unknown;
  /** Null: the main conversation. */
  readonly agentId: string | null;
}

/** What is asked about a call. */
export interface Asking {
  readonly kind: RequestKind;
  readonly question: string;
  readonly options: readonly string[];
  readonly defaultAnswer: string | null;
}

export const PERMISSION: Asking = { kind: 'permission', question: '', options: [], defaultAnswer: null };

/**
 * Records what a run asks, unless that is asked already: about the same call, or an equal one that nobody has decided. Refuses
 * what a person would have to read besides all too much.
 */
export async function openRequest(
  bridge: Bridge,
  asker: Asker,
  call: AskedCall,
  asking: Asking,
): Promise<Result<AskedRequest>> {
  const { projectId, runId } = asker;
  const id = newRequestId();
  return changeProject<AskedRequest>(
    bridge,
    projectId,
    'open_request',
    'code',
    (change) => addRequest(change, asker, call, asking, id),
    async (trx, project) => {
      const refusal = await whyNotHeard(trx, project, { runId, requestId: null });
      if (refusal) return refusal;
      const before = await requestAbout(trx, asker, call);
      if (before) return ok(before);
      return (await countUndecided(trx, projectId)) < MAX_UNDECIDED ? undefined : refuse(TOO_MANY);
    },
  );
}

const TOO_MANY = `${MAX_UNDECIDED} things that were asked wait for a person, and no more are asked until one is decided: do what needs none of them, then end your turn.`;

async function addRequest(
  { trx, now, project, event }: ProjectChange,
  { projectId, runId }: Asker,
  { toolUseId, toolName, input, agentId }: AskedCall,
  { kind, question, options, defaultAnswer }: Asking,
  id: RequestId,
): Promise<AskedRequest> {
  const words = cleanText(question);
  const hash = inputHash(toolName, input);
  const cutOff = (await requestsWithInput(trx, projectId, hash)).findLast((one) => one.cutOffAt !== null);
  const request = await insertRequest(trx, {
    id,
    project_id: projectId,
    run_id: runId,
    kind,
    tool_use_id: toolUseId,
    tool_name: toolName,
    input: JSON.stringify(input),
    input_hash: hash,
    repeats: cutOff?.id ?? null,
    agent_id: agentId,
    question: words,
    options: JSON.stringify(options.map(cleanText)),
    deadline: project.answerAfterMs === null ? null : after(now, project.answerAfterMs),
    default_answer: defaultAnswer === null ? null : cleanText(defaultAnswer),
    state: 'open',
    created_at: now,
  });
  const what = kind === 'question' ? words : request.input;
  await event({ type: 'request.opened', data: { requestId: id, kind, what, tool: toolName } }, runId);
  return request;
}

function after(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}

/**
 * What was asked about this very call: by this run, or by one before it whose answer Claude does not know yet. Else what a
 * person is asked about an equal one, that Claude was told to make again, or makes twice. An id alone says little: some
 * services give the same one to a call of each conversation.
 */
export async function requestAbout(
  db: Reader,
  { projectId, runId }: Asker,
  { toolUseId, toolName, input }: AskedCall,
): Promise<AskedRequest | undefined> {
  const equal = await requestsWithInput(db, projectId, inputHash(toolName, input));
  const own = equal.findLast(
    (one) => one.toolUseId === toolUseId && (one.runId === runId || one.toldAt === null),
  );
  return own ?? equal.find(isUndecided);
}

/** The same for equal calls. */
export function inputHash(toolName: string, input: unknown): string {
  return hash('sha256', `${toolName}\n${canonicalInput(toolName, input)}`);
}
