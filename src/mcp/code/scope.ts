/** Which project a Claude Code session may touch. */

import * as z from 'zod';
import type { Environment } from '../../environment.ts';
import type { AskedCalls } from '../../project/asked-calls.ts';
import { asProjectId, asRunId, type ProjectId, type RunId } from '../../project/ids.ts';
import { DEFAULT_ASK_WAIT_MS } from '../../project/request.ts';
import { projectId } from '../input.ts';

/** The one run, of one project, that a session belongs to. */
export interface Scope {
  readonly runId: RunId;
  readonly projectId: ProjectId;
  /** How long it waits for a person before it puts a call off, in milliseconds. */
  readonly askWaitMs: number;
  /** What a person is asked about of the calls that nothing permits; undefined: nobody is asked. */
  readonly asksAbout: AskedCalls | undefined;
}

/** The supervisor names both in the environment of a run; a person's own session has no scope. */
export function scopeFrom(env: Environment): Scope | undefined {
  const {
    BRIDGE_RUN_ID: runId,
    BRIDGE_PROJECT_ID: projectId,
    BRIDGE_ASK_WAIT_MS: waitMs,
    BRIDGE_ASKS: asks,
  } = env;
  if (!runId || !projectId) return undefined;
  return {
    runId: asRunId(runId),
    projectId: asProjectId(projectId),
    askWaitMs: waitMs && /^\d+$/.test(waitMs) ? Number(waitMs) : DEFAULT_ASK_WAIT_MS,
    asksAbout: asks === undefined ? undefined : asksSchema.parse(JSON.parse(asks)),
  };
}

const asksSchema = z.union([z.literal('rest'), z.array(z.string())]);

/** It is compared with the session's own and never looked up. */
const anyId = z.string().trim().transform(asProjectId);

/** A session with a scope need not name its project, though some do. */
export function projectArgument(scope: Scope | undefined) {
  return scope ? anyId.optional() : projectId;
}

/** The project a call is about: the session's own, which needs no naming, or the one that is named. */
export function projectOf(
  scope: Scope | undefined,
  named: ProjectId | undefined,
): { readonly ok: true; readonly value: ProjectId } | { readonly ok: false; readonly refusal: string } {
  if (!scope)
    return named === undefined
      ? { ok: false, refusal: "'project_id' is required." }
      : { ok: true, value: named };
  if (named === undefined || named === scope.projectId) return { ok: true, value: scope.projectId };
  return {
    ok: false,
    refusal: `this session works on project ${scope.projectId} only; leave 'project_id' out.`,
  };
}
