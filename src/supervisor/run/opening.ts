/** The first message of a run: its prompt, built from what the claim has read, and whether it continues a conversation. */

import type { Bridge } from '../../bridge/bridge.ts';
import type { StartedRun } from '../../bridge/claim.ts';
import { readPatch } from '../../bridge/evidence-files.ts';
import { userMessage } from '../../claude/input.ts';
import { prompt } from '../../claude/prompt.ts';
import { sessionExists, sessionHasMessage } from '../../claude/session.ts';
import type { Environment } from '../../environment.ts';
import { isWork, type Run } from '../../project/run.ts';

/**
 * Whether the session of a run has a conversation, and the first line to write to the input of Claude; undefined for a
 * session that goes on with a call that was put off: a prompt would be a turn of its own.
 */
export async function readConversation(
  bridge: Bridge,
  started: StartedRun,
  env: Environment,
  isSandboxed: boolean,
): Promise<{ readonly resumed: boolean; readonly opening: string | undefined }> {
  const { run, project, briefing } = started;
  const resumed = project.sessionId !== null && (await sessionExists(run.sessionId, env));
  if (resumed && started.resumes) return { resumed, opening: undefined };
  const remembers = resumed && (await knowsPlan(started, env));
  const measured = remembers ? undefined : briefing.rejected?.measured;
  const patch = measured ? await readPatch(bridge, measured) : undefined;
  return {
    resumed,
    opening: openingMessage(started, remembers, { patch: patch?.ok ? patch.value : null, isSandboxed }),
  };
}

/**
 * The line to write to the input of Claude.
 *
 * @param remembers Whether the session knows the plan.
 */
export function openingMessage(
  started: StartedRun,
  remembers: boolean,
  { patch, isSandboxed }: OpeningFacts = { patch: null, isSandboxed: false },
): string {
  const { run, project, earlier, briefing } = started;
  if (!isWork(run)) throw new Error(`run ${run.id} is a review, which has a prompt of its own`);
  const rejected = briefing.rejected && {
    completion: briefing.rejected.completion,
    evidence: briefing.rejected.measured?.evidence,
    patch,
  };
  const last = earlier.at(-1);
  const text = prompt({ ...briefing, project, kind: run.kind, last, remembers, rejected, isSandboxed });
  return userMessage(text, promptId(run));
}

interface OpeningFacts {
  /** What was changed in the round that a fresh session revises; null where it is not known. */
  readonly patch: string | null;
  readonly isSandboxed: boolean;
}

/** The id under which Claude echoes the prompt of a run. It is derived from the run, so a successor knows it too. */
export function promptId(run: Run): string {
  return `00000000-0000-4000-8000-${run.id}`;
}

/** Whether the session knows the plan: the first message of an earlier run was answered there, or at least taken in. */
async function knowsPlan({ run, earlier }: StartedRun, env: Environment): Promise<boolean> {
  const inSession = earlier.filter(({ sessionId }) => sessionId === run.sessionId);
  if (inSession.some(({ answeredAt }) => answeredAt !== null)) return true;
  return sessionHasMessage(run.sessionId, inSession.map(promptId), env);
}
