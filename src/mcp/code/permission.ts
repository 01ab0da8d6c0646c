/**
 * The permission prompt of a run: Claude Code asks it when none of its own rules decides about a call
 * (https://code.claude.com/docs/en/cli-reference, `--permission-prompt-tool`). It must be listed, but the model never sees
 * it (seen in 2.1.329).
 */
import * as z from 'zod';
import { isAskedAbout } from '../../project/asked-calls.ts';
import type { Answer, Facts, Tool } from '../define-tool.ts';
import type { Scope } from './scope.ts';
import { untilDecided } from './until-decided.ts';

const input = z.object({
  tool_name: z.string(),
  /** It is neither checked nor changed: the tool that is called checks it. */
  input: z.unknown(),
  tool_use_id: z.string(),
});

/** Fails where the store does: Claude Code then refuses the call (seen in 2.1.329). */
export function permissionTool({ projectId, runId, askWaitMs, asksAbout = [] }: Scope): Tool {
  return {
    name: 'bridge_permission',
    title: 'Ask for permission',
    description: 'Asked by Claude Code itself.',
    hints: { readOnly: true, destructive: false, idempotent: false },
    meta: undefined,
    inputSchema: { type: 'object' },
    async call(args, access, caller) {
      const read = input.safeParse(args).data;
      if (!read) return deny('the permission prompt was called without a call to decide about.');
      const call = {
        toolUseId: read.tool_use_id,
        toolName: read.tool_name,
        input: read.input,
        agentId: null,
      };
      if (!isAskedAbout(asksAbout, call.toolName, call.input)) return deny(NOT_PERMITTED);
      const verdict = await access.use((verbs) =>
        untilDecided(projectId, { verbs, clock: access.clock, ...caller }, askWaitMs, (_, waitMs) =>
          verbs.askPermission({ projectId, runId }, call, waitMs),
        ),
      );
      if (verdict === undefined) return deny('the run is ending.');
      // Without an input of our own the call is made as it stands.
      return verdict.kind === 'allow' ? promptAnswer({ behavior: 'allow' }) : deny(verdict.reason);
    },
  };
}

const NOT_PERMITTED =
  'nothing permits this call, and nobody is asked about it: find another way, or name it in the caveats.';

function deny(message: string): Answer {
  return promptAnswer({ behavior: 'deny', message });
}

/** Claude Code takes a text and nothing besides (seen in 2.1.329). */
function promptAnswer(answer: Facts): Answer {
  return { ok: true, text: JSON.stringify(answer) };
}
