/**
 * What Claude Code itself asks of us, by hooks in the settings of a run: an `mcp_tool` hook starts no process, and a
 * tool that is not listed costs the model nothing (https://code.claude.com/docs/en/hooks).
 */
import { realpath } from 'node:fs/promises';
import * as z from 'zod';
import type { GateVerdict, Waiting } from '../../bridge/gate.ts';
import type { Answer, Caller, Facts, Tool } from '../define-tool.ts';
import type { BridgeAccess } from '../open-bridge.ts';
import { ASK_TOOL, readQuestion } from './ask.ts';
import type { Scope } from './scope.ts';
import { untilDecided } from './until-decided.ts';

const input = z.object({
  event: z.string(),
  /** Of the subagent that makes a call; the main conversation has none. */
  agent_id: z.string().optional(),
  /** Where Claude works, and where it was started: that one without links. */
  cwd: z.string().optional(),
  workspace: z.string().optional(),
  tool_name: z.string().optional(),
  tool_use_id: z.string().optional(),
  /** As JSON. */
  tool_input: z.string().optional(),
});

type Question = z.output<typeof input>;

type Decision = Exclude<GateVerdict, Waiting>;

const PASS: Decision = { kind: 'pass' };

/** A gate for one run. Whatever it does not refuse or put off, it says nothing about. */
export function gateTool(scope: Scope): Tool {
  let hasBegun = false;
  return {
    name: 'bridge_gate',
    title: 'Asked by Claude Code',
    description: 'Asked by Claude Code itself, before the first prompt and before each call.',
    hints: { readOnly: true, destructive: false, idempotent: true },
    meta: undefined,
    unlisted: true,
    inputSchema: { type: 'object' },
    async call(args, access, caller) {
      const question = input.safeParse(args).data;
      if (!question || !EVENTS.includes(question.event)) return hookAnswer(undefined);
      // Later on Claude may have gone into a folder below.
      const elsewhere = hasBegun ? undefined : await whereItBegins(question);
      hasBegun = true;
      if (question.event === 'UserPromptSubmit')
        return hookAnswer(elsewhere === undefined ? undefined : { decision: 'block', reason: elsewhere });
      return hookAnswer(
        decisionFacts(
          elsewhere ? { kind: 'deny', reason: elsewhere } : await judge(question, scope, access, caller),
        ),
      );
    },
  };
}

const EVENTS: readonly string[] = ['UserPromptSubmit', 'PreToolUse'];

async function judge(
  question: Question,
  { projectId, runId, askWaitMs }: Scope,
  access: BridgeAccess,
  caller: Caller,
): Promise<Decision> {
  const { agent_id, tool_name: toolName = '', tool_use_id: toolUseId = '', tool_input = 'null' } = question;
  if (toolName.endsWith('__bridge_send_completion') && agent_id) return { kind: 'deny', reason: SUBMITS };
  if (toolUseId === '') return PASS;
  const sent: unknown = JSON.parse(tool_input);
  const asked = toolName === ASK_TOOL ? readQuestion(sent) : undefined;
  const call = { toolUseId, toolName, input: asked?.input ?? sent, agentId: agent_id || null };
  const verdict = await access.use((verbs) =>
    untilDecided<GateVerdict>(
      projectId,
      { verbs, clock: access.clock, ...caller },
      askWaitMs,
      (waitsFor, waitMs) =>
        verbs.passGate({ projectId, runId }, call, { asking: asked?.asking, waitMs, waitsFor }),
    ),
  );
  return verdict ?? { kind: 'deny', reason: 'the run is ending.' };
}

/** It sees a part of the work only. */
const SUBMITS =
  'a subagent does not submit the work: hand your result to the conversation that started you, and it submits.';

/** Why it must not begin: in another folder than its own, which the supervisor may see too late to prevent a request. */
async function whereItBegins({ cwd, workspace }: Question): Promise<string | undefined> {
  if (!cwd || !workspace) return undefined;
  // What it was started for is without links: followed now, it could lead to wherever Claude has begun instead.
  const here = await realpath(cwd).catch(() => cwd);
  return here === workspace ? undefined : `begun in ${here} instead of ${workspace}`;
}

function decisionFacts(decision: Decision): Facts | undefined {
  if (decision.kind === 'pass') return undefined;
  const reason = decision.kind === 'deny' ? { permissionDecisionReason: decision.reason } : {};
  return {
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: decision.kind,
      ...reason,
    },
  };
}

function hookAnswer(answer: Facts | undefined): Answer {
  return { ok: true, text: answer ? JSON.stringify(answer) : '', facts: answer ?? {} };
}
