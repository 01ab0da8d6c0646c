/** Calls that a person has allowed, of which a run shows no result. */
import { listRequests } from '../../bridge/requests.ts';
import type { ToolUse } from '../../claude/stream.ts';
import { messageOf } from '../../error-message.ts';
import type { RequestId } from '../../project/ids.ts';
import type { Outcome } from '../../project/outcome.ts';
import { type AskedRequest, canonicalInput, isAllowed } from '../../project/request.ts';
import type { Run } from '../../project/run.ts';
import type { Context } from '../context.ts';
import { eventsOf } from '../run-events.ts';

/**
 * The requests whose call was let through in a run that has ended, and shows no result: whether these calls were made is
 * unknown. Reads the output only where a person has allowed something. Throws StoreError.
 */
export async function callsCutOff(context: Context, run: Run, outcome: Outcome): Promise<RequestId[]> {
  // The results of what is beside a call that is put off come as its session resumes (seen in 2.1.329).
  if (outcome.kind === 'deferred') return [];
  const asked = await listRequests(context.bridge, { projectId: run.projectId, undecided: false });
  const told = asked.filter((one) => isAllowed(one) && one.toldAt !== null && one.cutOffAt === null);
  const concerned = told.filter(({ runId, scope }) => runId === run.id || scope === 'project');
  if (concerned.length === 0) return [];
  const seen = await callsOf(context, run);
  return concerned.filter((request) => isCutOff(request, run, seen)).map(({ id }) => id);
}

interface CallsSeen {
  /** Those without a result. */
  readonly open: readonly ToolUse[];
  readonly finished: ReadonlySet<string>;
}

async function callsOf(context: Context, run: Run): Promise<CallsSeen> {
  const made = new Map<string, ToolUse>();
  const finished = new Set<string>();
  try {
    for await (const event of eventsOf(context, run)) {
      if (event.kind === 'assistant') for (const use of event.toolUses) made.set(use.id, use);
      if (event.kind === 'tool_results') for (const id of event.toolUseIds) finished.add(id);
    }
  } catch (error) {
    context.log.warn('run.unread', { run: run.id }, messageOf(error));
  }
  return { open: [...made.values()].filter(({ id }) => !finished.has(id)), finished };
}

function isCutOff(request: AskedRequest, run: Run, { open, finished }: CallsSeen): boolean {
  const { toolName, toolUseId, runId, state, deferredAt } = request;
  const own = canonicalInput(toolName, JSON.parse(request.input));
  if (open.some(({ name, input }) => name === toolName && canonicalInput(name, input) === own)) return true;
  // The run that resumes with a call does not show it, only its result.
  const isMade = state === 'used' || (state === 'allowed' && deferredAt !== null && run.kind === 'answer');
  return isMade && runId === run.id && !finished.has(toolUseId);
}
