/**
 * The gate that each call of a run passes before it is made. It lets everything through that nobody was asked about. A
 * question, and a call that equals one that a person is asked about, wait here or are put off. It never allows: what a
 * call may do is for Claude Code's own rules and for the permission prompt.
 */
import type { RequestId } from '../project/ids.ts';
import { type AskedRequest, isDenied, isUndecided } from '../project/request.ts';
import { denialText } from '../project/request-text.ts';
import type { Reader, Writing } from '../store/database.ts';
import { hasUntakenMessage } from '../store/messages.ts';
import { lockProject } from '../store/projects.ts';
import { findRequest, hasAsked, undecidedRequests, updateRequest } from '../store/requests.ts';
import type { Bridge } from './bridge.ts';
import { databaseOf } from './open-bridge.ts';
import { type AskedCall, type Asker, type Asking, openRequest, requestAbout } from './open-request.ts';

/** What becomes of a call. */
export type GateVerdict =
  /** The gate says nothing. */
  | { readonly kind: 'pass' }
  /** Claude is told why the call is not made now. */
  | { readonly kind: 'deny'; readonly reason: string }
  /** The run ends; its session resumes with this call. */
  | { readonly kind: 'defer' }
  | Waiting;

/** A person may still answer in time: ask again when something has changed, at the latest at `until`. */
export interface Waiting {
  readonly kind: 'wait';
  readonly until: string;
  readonly requestId: RequestId;
}

export interface GateOptions {
  /** What the call asks; undefined for a call that is no question. */
  readonly asking: Asking | undefined;
  /** How long a run waits for a person, from the first of what it has asked and nobody has decided. */
  readonly waitMs: number;
  /** What the call waits for, as the verdict before this one said. */
  readonly waitsFor: RequestId | undefined;
}

const PASS: GateVerdict = { kind: 'pass' };

/** Judges a call; a question is recorded as asked. Changes nothing for a call that nobody is asked about. Throws StoreError. */
export async function passGate(
  bridge: Bridge,
  asker: Asker,
  call: AskedCall,
  { asking, waitMs, waitsFor }: GateOptions,
): Promise<GateVerdict> {
  const db = databaseOf(bridge);
  // Most calls are of no concern: they are read for, and write nothing.
  if (asking === undefined && waitsFor === undefined && !(await concerns(db.read, asker, call))) return PASS;
  if (asking !== undefined && waitsFor === undefined) {
    const asked = await openRequest(bridge, asker, call, asking);
    if (!asked.ok) return { kind: 'deny', reason: asked.refusal };
  }
  return db.write(async (writing) => {
    const { trx } = writing;
    const project = await lockProject(trx, asker.projectId);
    if (project?.runId !== asker.runId) return PASS;
    const waited = waitsFor === undefined ? undefined : await findRequest(trx, waitsFor);
    const about = waited ?? (await requestAbout(trx, asker, call));
    if (!about) return PASS;
    return isUndecided(about)
      ? waitOrPutOff(writing, asker, call, about, waitMs)
      : passDecided(writing, asker, call, about);
  });
}

async function concerns(db: Reader, asker: Asker, call: AskedCall): Promise<boolean> {
  // The input of a call may be large; it is compared only where something was asked.
  if (!(await hasAsked(db, asker.projectId))) return false;
  return (await requestAbout(db, asker, call)) !== undefined;
}

/** What was decided about this call reaches it: a permission and an answer by what is asked next, all else here. */
async function passDecided(
  { trx, now }: Writing,
  { runId }: Asker,
  { toolUseId }: AskedCall,
  request: AskedRequest,
): Promise<GateVerdict> {
  const { id, kind, state } = request;
  const isRefused = state === 'withdrawn' || isDenied(request);
  const told = isRefused ? { told_at: now } : {};
  await updateRequest(trx, id, { tool_use_id: toolUseId, run_id: runId, ...told });
  if (state === 'withdrawn') return { kind: 'deny', reason: WITHDRAWN };
  if (kind === 'permission' && isDenied(request)) return { kind: 'deny', reason: denialText(request) };
  return PASS;
}

const WITHDRAWN = 'what this call waited for was called off; go on without it.';

async function waitOrPutOff(
  { trx, now }: Writing,
  { projectId, runId }: Asker,
  { toolUseId, agentId }: AskedCall,
  request: AskedRequest,
  waitMs: number,
): Promise<GateVerdict> {
  const undecided = await undecidedRequests(trx, projectId);
  const until = waitsUntil(undecided, waitMs, now);
  if (now < until) return { kind: 'wait', until, requestId: request.id };
  // A subagent whose call is put off ends, and nobody hears of its call again (seen in 2.1.329).
  if (agentId !== null) return { kind: 'deny', reason: SUBAGENT };
  // Of two calls that are put off the session keeps one; a message that it takes in loses the call (seen in 2.1.329).
  const isSecond = undecided.some(
    (one) => one.state === 'deferred' && one.runId === runId && one.id !== request.id,
  );
  if (isSecond) return { kind: 'deny', reason: AGAIN };
  if (await hasUntakenMessage(trx, runId)) return { kind: 'deny', reason: AGAIN_AFTER_MESSAGE };
  await updateRequest(trx, request.id, {
    state: 'deferred',
    deferred_at: now,
    tool_use_id: toolUseId,
    run_id: runId,
  });
  return { kind: 'defer' };
}

const SUBAGENT = 'a person was asked and has not answered; go on without it.';
const AGAIN = 'another call waits for a person first: make this call again afterwards, exactly like this.';
const AGAIN_AFTER_MESSAGE =
  'a message from the person comes first: make this call again afterwards, exactly like this.';

/**
 * The end of the one wait that a run has for all that it asks at a time: never longer from `now` than a whole one, also after
 * the clock was set back.
 */
export function waitsUntil(
  undecided: readonly Pick<AskedRequest, 'createdAt'>[],
  waitMs: number,
  now: string,
): string {
  const first = undecided.map(({ createdAt }) => createdAt).sort()[0];
  if (first === undefined) return '';
  return new Date(Date.parse(first < now ? first : now) + waitMs).toISOString();
}
