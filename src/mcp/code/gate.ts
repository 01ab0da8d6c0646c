/**
 * What Claude Code itself asks of us, by hooks in the settings of a run: an `mcp_tool` hook starts no process, and a
 * tool that is not listed costs the model nothing (https://code.claude.com/docs/en/hooks).
 */
import { realpath } from 'node:fs/promises';
import * as z from 'zod';
import type { Answer, Facts, Tool } from '../define-tool.ts';

const input = z.object({
  event: z.string(),
  /** Of the subagent that makes a call; the main conversation has none. */
  agent_id: z.string().optional(),
  /** Where Claude works, and where it was started: that one without links. */
  cwd: z.string().optional(),
  workspace: z.string().optional(),
});

type Question = z.output<typeof input>;

/** A gate for one run. Whatever it does not refuse, it says nothing about. */
export function gateTool(): Tool {
  let hasBegun = false;
  return {
    name: 'bridge_gate',
    title: 'Asked by Claude Code',
    description: 'Asked by Claude Code itself, before the first prompt and before a submission.',
    hints: { readOnly: true, destructive: false, idempotent: true },
    meta: undefined,
    unlisted: true,
    inputSchema: { type: 'object' },
    async call(args) {
      const question = input.safeParse(args).data;
      if (question?.event === 'PreToolUse') return hookAnswer(whoSubmits(question));
      // Later on Claude may have gone into a folder below.
      if (question?.event !== 'UserPromptSubmit' || hasBegun) return hookAnswer(undefined);
      hasBegun = true;
      return hookAnswer(await whereItBegins(question));
    },
  };
}

/** A subagent sees a part of the work only. */
function whoSubmits({ agent_id }: Question): Facts | undefined {
  if (!agent_id) return undefined;
  const permissionDecisionReason =
    'a subagent does not submit the work: hand your result to the conversation that started you, and it submits.';
  return {
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: 'deny',
      permissionDecisionReason,
    },
  };
}

/** In another folder than its own a run makes no request: the supervisor may see that too late to prevent one. */
async function whereItBegins({ cwd, workspace }: Question): Promise<Facts | undefined> {
  if (!cwd || !workspace) return undefined;
  // What it was started for is without links: followed now, it could lead to wherever Claude has begun instead.
  const here = await realpath(cwd).catch(() => cwd);
  if (here === workspace) return undefined;
  return { decision: 'block', reason: `begun in ${here} instead of ${workspace}` };
}

function hookAnswer(answer: Facts | undefined): Answer {
  return { ok: true, text: answer ? JSON.stringify(answer) : '', facts: answer ?? {} };
}
