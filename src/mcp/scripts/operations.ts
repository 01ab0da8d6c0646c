/** Operations: escalations and runs of scripts, by the id that the tool which began them has told. */
import * as z from 'zod';
import { asProjectId } from '../../project/ids.ts';
import { asScriptRunId } from '../../project/script.ts';
import { cleanLine } from '../../project/text.ts';
import { type Answer, type Call, defineTool, type Tool } from '../define-tool.ts';
import { escalationAnswer } from './escalation.ts';
import { reason } from './input.ts';
import { outputPlace, scriptAnswer } from './records.ts';
import type { ScriptScope } from './scope.ts';

export function operationStatusTool({ asker }: ScriptScope): Tool {
  return defineTool({
    name: 'get_operation_status',
    title: 'Show how an operation stands',
    description: 'Its state and result.',
    hints: { readOnly: true, destructive: false, idempotent: true },
    input: z.strictObject({ operation_id: z.string(), from: z.string().optional() }),
    async run({ operation_id: id, from }, call) {
      const place = from === undefined ? undefined : outputPlace(from);
      if (from !== undefined && place === undefined)
        return { ok: false, refusal: 'from must be as an answer gives it, such as stdout@0.' };
      const { verbs } = call;
      const escalated = asker === undefined ? await escalationWith(id, call) : undefined;
      if (escalated) return escalationAnswer(escalated, call);
      const script = await verbs.scriptRun(id);
      const isOwn = script !== undefined && (asker === undefined || script.runId === asker.runId);
      return isOwn ? scriptAnswer(script, { from: place }) : unknown(id);
    },
  });
}

export function cancelOperationTool({ asker }: ScriptScope): Tool {
  return defineTool({
    name: 'cancel_operation',
    title: 'Cancel an operation',
    description: 'End it.',
    hints: { readOnly: false, destructive: true, idempotent: true },
    input: z.strictObject({
      operation_id: z.string(),
      reason: reason.optional(),
    }),
    async run({ operation_id: id, reason: why = 'Caller requested' }, call) {
      const { verbs, signal, actor } = call;
      const escalated = asker === undefined ? await escalationWith(id, call) : undefined;
      if (escalated) {
        const isOpen = escalated.status !== 'complete';
        const cancelled = isOpen ? await verbs.cancel(escalated.id, why, actor) : undefined;
        // Whoever was faster has closed it: what it is now is the answer.
        return escalationAnswer(cancelled?.ok ? cancelled.value.project : escalated, call);
      }
      const script = await verbs.scriptRun(id);
      if (script === undefined || (asker !== undefined && script.runId !== asker.runId)) return unknown(id);
      await verbs.cancelScript(asScriptRunId(id), why);
      const limits = { waitMs: CANCEL_MS, signal };
      const ended = await verbs.awaitScript(asScriptRunId(id), ({ state }) => state !== 'running', limits);
      return scriptAnswer(ended ?? script);
    },
  });
}

/** Longer than a script has between SIGTERM and SIGKILL. */
const CANCEL_MS = 10_000;

async function escalationWith(id: string, { verbs }: Call) {
  if (!(await verbs.escalationOf(id))) return undefined;
  const state = await verbs.projectState(asProjectId(id));
  return state.ok ? state.value.project : undefined;
}

function unknown(id: string): Answer {
  const operation = cleanLine(id.slice(0, 100));
  const message = 'No operation has this id: it was never begun, or is no longer kept.';
  return {
    ok: true,
    text: `Operation ${operation}: unknown. ${message}`,
    facts: { operation_id: operation, status: 'unknown', message },
  };
}
