/** The permission prompt: what Claude Code's own rules leave to a person. */
import type { Project } from '../project/project.ts';
import { type AskedRequest, isDenied, isPermitted, isUndecided, nextState } from '../project/request.ts';
import { denialText } from '../project/request-text.ts';
import type { Writing } from '../store/database.ts';
import { findProject, lockProject } from '../store/projects.ts';
import { requestsWithInput, undecidedRequests, updateRequest } from '../store/requests.ts';
import { findRun } from '../store/runs.ts';
import { closeRequest } from './asking.ts';
import type { Bridge } from './bridge.ts';
import { type Waiting, waitsUntil } from './gate.ts';
import { databaseOf } from './open-bridge.ts';
import { type AskedCall, type Asker, inputHash, openRequest, PERMISSION } from './open-request.ts';

export type PermissionVerdict =
  | { readonly kind: 'allow' }
  /** Claude is told why. */
  | { readonly kind: 'deny'; readonly reason: string }
  | Waiting;

/**
 * Judges a call that nothing permits, and nothing denies: what was decided about an equal one holds; otherwise a person is
 * asked. A permission for once is used up by that. Throws StoreError; whoever calls then denies.
 *
 * @param waitMs How long a run waits for a person, from the first of what it has asked and nobody has decided.
 */
export async function askPermission(
  bridge: Bridge,
  asker: Asker,
  call: AskedCall,
  waitMs: number,
): Promise<PermissionVerdict> {
  const known = (await knownFor(bridge, asker, call)) ?? (await judge(bridge, asker, call, waitMs));
  if (known) return known;
  const asked = await openRequest(bridge, asker, call, PERMISSION);
  if (!asked.ok) return { kind: 'deny', reason: asked.refusal };
  return (await judge(bridge, asker, call, waitMs)) ?? { kind: 'deny', reason: OVER };
}

const OVER = 'this run is over.';
const NOT_ANSWERED =
  'A person is asked and has not answered. Make exactly this call once more; it then waits for the answer.';

/** What holds for each equal call of the project, and Claude was told before: nothing is to be written. */
async function knownFor(
  bridge: Bridge,
  { projectId, runId }: Asker,
  { toolName, input }: AskedCall,
): Promise<PermissionVerdict | undefined> {
  const db = databaseOf(bridge).read;
  const equal = await requestsWithInput(db, projectId, inputHash(toolName, input));
  const isKnown = equal.some((one) => one.toldAt !== null && one.scope === 'project' && isPermitted(one));
  if (!isKnown || equal.some(isUndecided)) return undefined;
  return (await findProject(db, projectId))?.runId === runId ? { kind: 'allow' } : undefined;
}

/** Undefined for a call that nobody was asked about. */
async function judge(
  bridge: Bridge,
  asker: Asker,
  call: AskedCall,
  waitMs: number,
): Promise<PermissionVerdict | undefined> {
  const { projectId, runId } = asker;
  return databaseOf(bridge).write(async (writing): Promise<PermissionVerdict | undefined> => {
    const { trx, now } = writing;
    const project = await lockProject(trx, projectId);
    if (project?.runId !== runId) return { kind: 'deny', reason: OVER };
    const equal = await requestsWithInput(trx, projectId, inputHash(call.toolName, call.input));
    const permissions = equal.filter(({ kind }) => kind === 'permission');
    const undecided = permissions.find(isUndecided);
    if (undecided) {
      const until = waitsUntil(await undecidedRequests(trx, projectId), waitMs, now);
      return now < until
        ? { kind: 'wait', until, requestId: undecided.id }
        : { kind: 'deny', reason: NOT_ANSWERED };
    }
    const permitted = permissions.find(isPermitted);
    if (permitted) return use(writing, asker, call, permitted);
    const denied = permissions.findLast(isDenied);
    if (!denied || !(await isOfRound(trx, project, denied))) return undefined;
    await updateRequest(trx, denied.id, { told_at: now, run_id: runId });
    return { kind: 'deny', reason: denialText(denied) };
  });
}

/** A denial holds for its round: a person who sends the work back may want by then what they did not want before. */
async function isOfRound(trx: Writing['trx'], { round }: Project, { runId }: AskedRequest): Promise<boolean> {
  return (await findRun(trx, runId))?.round === round;
}

async function use(
  { trx, now }: Writing,
  { runId }: Asker,
  { toolUseId }: AskedCall,
  request: AskedRequest,
): Promise<PermissionVerdict> {
  await updateRequest(trx, request.id, { told_at: now, run_id: runId, tool_use_id: toolUseId });
  if (request.scope === 'once' && nextState(request, 'use')) await closeRequest(trx, request, 'use', now);
  return { kind: 'allow' };
}
