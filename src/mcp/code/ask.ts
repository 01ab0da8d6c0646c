/** The question that Claude may ask the person in the middle of a run. */
import * as z from 'zod';
import type { Asking } from '../../bridge/open-request.ts';
import { MAX_OPTIONS, MIN_OPTIONS } from '../../project/request.ts';
import { cleanText, LIMITS } from '../../project/text.ts';
import { readArguments } from '../arguments.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import type { Scope } from './scope.ts';
import { untilDecided } from './until-decided.ts';

const TOOL = 'bridge_ask';

/** The name of this tool in Claude Code, which adds that of the server. */
export const ASK_TOOL = `mcp__claude_bridge_code__${TOOL}`;

const words = z.string().min(1).refine(saysSomething, 'must not be empty');

const input = z.strictObject({
  question: z
    .string()
    .refine(saysSomething, 'must not be empty')
    .refine((text) => text.length <= LIMITS.message, `must be at most ${LIMITS.message} characters`),
  options: z.array(words).min(MIN_OPTIONS).max(MAX_OPTIONS).optional(),
  default: words.optional().describe('If nobody answers'),
});

/** A person sees nothing of a text of hidden and control characters. */
function saysSomething(text: string): boolean {
  return cleanText(text) !== '';
}

/** Asks the person of the run's project, and answers in their words. */
export function askTool({ projectId, runId, askWaitMs }: Scope): Tool {
  return defineTool({
    name: TOOL,
    title: 'Ask the person',
    description: 'Ask the person what you cannot decide. The answer may take hours.',
    // In its mode `plan` Claude Code calls no tool that changes something (seen in 2.1.329); a question changes nothing.
    hints: { readOnly: true, destructive: false, idempotent: true },
    input,
    meta: { 'anthropic/alwaysLoad': true },
    async run(asked, call) {
      const { verbs, toolUseId } = call;
      if (toolUseId === undefined) return { ok: false, refusal: 'the call has no id; update Claude Code.' };
      const asker = { projectId, runId };
      const about = { toolUseId, toolName: ASK_TOOL, input: asked, agentId: null };
      const reply = await untilDecided(projectId, call, askWaitMs, async (_, waitMs) => {
        const verdict = await verbs.askQuestion(asker, about, askingOf(asked), waitMs);
        return verdict.ok ? verdict.value : ({ kind: 'refused', refusal: verdict.refusal } as const);
      });
      if (reply === undefined) return { ok: false, refusal: 'the call was given up.' };
      if (reply.kind === 'refused') return { ok: false, refusal: reply.refusal };
      return { ok: true, text: reply.answer, facts: { answer: reply.answer } };
    },
  });
}

/** What a call of this tool asks; undefined when the call is wrong: the tool itself says how. */
export function readQuestion(
  sent: unknown,
): { readonly input: z.output<typeof input>; readonly asking: Asking } | undefined {
  const schema = z.toJSONSchema(input, { io: 'input', target: 'draft-7' });
  const read = input.safeParse(readArguments(sent, schema, false)).data;
  return read && { input: read, asking: askingOf(read) };
}

function askingOf(asked: z.output<typeof input>): Asking {
  const { question, options = [], default: defaultAnswer } = asked;
  return { kind: 'question', question, options, defaultAnswer: defaultAnswer ?? null };
}
