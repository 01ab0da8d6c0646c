/**
 * What Claude Code asks before it calls a tool of ours, by a hook of the run's settings: an `mcp_tool` hook starts no
 * process, and a tool that is not listed costs the model nothing (https://code.claude.com/docs/en/hooks).
 */
import * as z from 'zod';
import type { Tool } from '../define-tool.ts';

/** Claude Code fills in the id of the subagent that makes the call; the main conversation has none. */
const input = z.object({ agent_id: z.string().optional() });

const DENIAL = {
  hookSpecificOutput: {
    hookEventName: 'PreToolUse',
    permissionDecision: 'deny',
    permissionDecisionReason:
      'a subagent does not submit the work: hand your result to the conversation that started you, and it submits.',
  },
};

/** Denies the call of a subagent, which sees a part of the work only. Says nothing about any other. */
export const gateTool: Tool = {
  name: 'bridge_gate',
  title: 'Who may submit',
  description: 'Asked by Claude Code itself before a call of bridge_send_completion.',
  hints: { readOnly: true, destructive: false, idempotent: true },
  meta: undefined,
  unlisted: true,
  inputSchema: { type: 'object' },
  async call(args) {
    const isSubagent = Boolean(input.safeParse(args).data?.agent_id);
    return isSubagent
      ? { ok: true, text: JSON.stringify(DENIAL), facts: DENIAL }
      : { ok: true, text: '', facts: {} };
  },
};
