/** What Claude Code asks in the middle of its work, and what the person decides about it. */
import * as z from 'zod';
import type { DecidedRequest, RequestDecisionOptions } from '../../bridge/requests.ts';
import { asRequestId, type RequestId } from '../../project/ids.ts';
import { PERMISSION_SCOPES } from '../../project/request.ts';
import { describeState } from '../../project/request-text.ts';
import { describeResumeCost } from '../../project/resume-cost.ts';
import { cleanLine } from '../../project/text.ts';
import { type Answer, answer, type Call, defineTool } from '../define-tool.ts';
import { fitting } from '../fit.ts';
import { projectId } from '../input.ts';
import { readiness } from '../readiness.ts';
import { blockerQuotes, outlook, projectFacts, projectLine } from '../texts/project.ts';
import { questionText, requestFacts } from '../texts/question.ts';
import { QUOTED_NOTE } from '../texts/quoted.ts';

const request = z
  .string()
  .trim()
  .transform((text) => asRequestId(text.toLowerCase()))
  .describe('Of the question or permission, as bridge_get_questions shows it.');

export const questionsTool = defineTool({
  name: 'bridge_get_questions',
  title: 'Show what Claude Code asks',
  description:
    'Shows what Claude Code asks the person in the middle of its work, oldest first: questions, and permissions for one call with all of its input. Show it to the person whole.',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({ project_id: projectId.optional().describe('Default: all projects.') }),
  async run({ project_id }, { verbs, shown: known }) {
    if (project_id !== undefined) {
      const known = await verbs.projectState(project_id);
      if (!known.ok) return known;
    }
    const asked = await verbs.questions({
      undecided: true,
      ...(project_id !== undefined && { projectId: project_id }),
    });
    const shown = fitting(asked, requestFacts);
    known.noteRequests(shown.map(({ request }) => request));
    const more = shown.length < asked.length;
    return answer(
      shown.length === 0
        ? ['Nothing waits for an answer.']
        : [
            `${shown.length}${more ? ' (and more)' : ''} waiting. ${QUOTED_NOTE}`,
            ...shown.flatMap(questionText),
          ],
      {
        questions: shown.map(requestFacts),
        ...(shown.length > 0 ? { note: QUOTED_NOTE } : {}),
        ...(more ? { more: true } : {}),
        next:
          shown.length === 0
            ? 'Nothing to answer. bridge_wait waits for changes.'
            : 'Show this to the person; once they have decided, call bridge_answer, bridge_allow or bridge_deny.',
      },
    );
  },
});

export const answerTool = defineTool({
  name: 'bridge_answer',
  title: 'Answer a question of Claude Code',
  description:
    'Answers a question of Claude Code in the words of the person; it goes on with them. Call it only when the person has answered. The first answer stands.',
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({
    request_id: request,
    answer: z.string().describe('Claude Code reads exactly this. Not empty.'),
  }),
  async run(input, call) {
    const decided = await call.verbs.answerRequest(
      input.request_id,
      input.answer,
      call.actor,
      seen(input, call),
    );
    return decided.ok ? decidedAnswer(decided.value, call) : decided;
  },
});

export const allowTool = defineTool({
  name: 'bridge_allow',
  title: 'Allow a call of Claude Code',
  description:
    'Allows the call that Claude Code asks about: once, or each equal one of its project. Call it only when the person has seen the whole input and said so. The first decision stands.',
  hints: { readOnly: false, destructive: true, idempotent: true },
  input: z.strictObject({
    request_id: request,
    scope: z.enum(PERMISSION_SCOPES).describe("'once', unless the person says otherwise."),
  }),
  async run(input, call) {
    const decided = await call.verbs.allowRequest(
      input.request_id,
      input.scope,
      call.actor,
      seen(input, call),
    );
    return decided.ok ? decidedAnswer(decided.value, call) : decided;
  },
});

export const denyTool = defineTool({
  name: 'bridge_deny',
  title: 'Deny a call of Claude Code',
  description:
    'Denies the call that Claude Code asks about; it is told the reason and goes on without it. Call it only when the person has said so. The first decision stands.',
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({
    request_id: request,
    reason: z.string().describe('Claude Code is told exactly this. Not empty.'),
  }),
  async run(input, call) {
    const decided = await call.verbs.denyRequest(
      input.request_id,
      input.reason,
      call.actor,
      seen(input, call),
    );
    return decided.ok ? decidedAnswer(decided.value, call) : decided;
  },
});

function seen({ request_id }: { readonly request_id: RequestId }, { shown }: Call): RequestDecisionOptions {
  return { shown: shown.hasRequest(request_id) };
}

async function decidedAnswer(decided: DecidedRequest, call: Call): Promise<Answer> {
  const { project, repeated } = decided;
  const ready = await readiness(call.verbs);
  const state = cleanLine(describeState(decided.request));
  return answer(
    [
      repeated ? `Nothing was changed: ${state}.` : `${state.charAt(0).toUpperCase()}${state.slice(1)}.`,
      projectLine(project),
      decided.resumeCost ? describeResumeCost(decided.resumeCost) : undefined,
      ...blockerQuotes([project], ready),
    ],
    {
      ...projectFacts(project),
      request: requestFacts(decided),
      repeated,
      ...outlook(project, ready),
    },
  );
}
