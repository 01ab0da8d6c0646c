import * as z from 'zod';
import { ESCALATION_SCOPES } from '../../project/escalation.ts';
import { type Answer, type Call, defineTool, type Tool } from '../define-tool.ts';
import { escalationAnswer, isSettled } from './escalation.ts';
import { key, positive, seconds } from './input.ts';
import { waitPatiently } from './wait.ts';

const DEFAULT_WAIT_S = 300;
const MAX_WAIT_S = 3_600;

export const escalateTool: Tool = takesTask(
  defineTool({
    name: 'escalate_to_claude',
    title: 'Pass a task on to Claude Code',
    description: 'Have Claude Code do a task.',
    hints: { readOnly: false, destructive: true, idempotent: false },
    input: z.strictObject({
      request: z.string(),
      wait_seconds: seconds.optional(),
      cwd: z.string().optional(),
      timeout: positive.optional(),
      max_budget_usd: positive.optional(),
      permission_scope: z.enum(ESCALATION_SCOPES).optional(),
      max_age_sec: positive.optional(),
      idempotency_key: key.optional(),
    }),
    run: escalateTask,
  }),
);

interface Input {
  readonly request: string;
  readonly wait_seconds?: number | undefined;
  readonly cwd?: string | undefined;
  readonly timeout?: number | undefined;
  readonly max_budget_usd?: number | undefined;
  readonly permission_scope?: (typeof ESCALATION_SCOPES)[number] | undefined;
  readonly max_age_sec?: number | undefined;
  readonly idempotency_key?: string | undefined;
}

async function escalateTask(input: Input, call: Call): Promise<Answer> {
  const { request, cwd, timeout, max_budget_usd, permission_scope, max_age_sec } = input;
  if (request.trim() === '') return { ok: false, refusal: 'request is required' };
  const escalated = await call.verbs.escalate(
    {
      task: request,
      workspace: cwd,
      limits: {
        scope: permission_scope,
        maxUsd: max_budget_usd,
        timeoutMs: timeout === undefined ? undefined : timeout * 1_000,
        maxAgeMs: max_age_sec === undefined ? undefined : max_age_sec * 1_000,
      },
      key: input.idempotency_key ?? call.toolUseId,
    },
    call.actor,
  );
  if (!escalated.ok) return escalated;
  const { project, repeated, scope } = escalated.value;
  const waitS = Math.min(input.wait_seconds ?? DEFAULT_WAIT_S, MAX_WAIT_S);
  const last = await waitPatiently(
    waitS,
    call,
    async (waitMs) => nextStanding(project.id, waitMs, call),
    (found) => found === undefined || isSettled(found),
  );
  const { budgetUsd, timeoutMs } = project;
  return escalationAnswer(last ?? project, call, {
    timedOut: true,
    replayed: repeated,
    limits: {
      permission_scope: scope,
      ...(budgetUsd === null ? {} : { max_budget_usd: budgetUsd }),
      ...(timeoutMs === null ? {} : { timeout: timeoutMs / 1_000 }),
    },
  });
}

/** The project as soon as something happens to it, or after `waitMs`. */
async function nextStanding(
  projectId: Parameters<Call['verbs']['projectState']>[0],
  waitMs: number,
  { verbs, signal }: Call,
) {
  const cursor = await verbs.currentCursor();
  const now = await verbs.projectState(projectId);
  if (!now.ok || isSettled(now.value.project) || waitMs <= 0) return now.ok ? now.value.project : undefined;
  await verbs.changesSince(cursor, { waitMs, limit: 1, signal, projectId });
  const after = await verbs.projectState(projectId);
  return after.ok ? after.value.project : undefined;
}

/** Newer clients of such a tool say `task`. */
function takesTask(tool: Tool): Tool {
  return {
    ...tool,
    call(args, access, caller) {
      const given = args as Readonly<Record<string, unknown>> | null | undefined;
      const isTask = typeof given === 'object' && given !== null && 'task' in given && !('request' in given);
      if (!isTask) return tool.call(args, access, caller);
      const { task, ...rest } = given;
      return tool.call({ ...rest, request: task }, access, caller);
    },
  };
}
