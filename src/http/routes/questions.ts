/** What Claude asks in the middle of its work, and the person's decision on it. */
import * as z from 'zod';
import { currentCursor } from '../../bridge/changes.ts';
import { questions } from '../../bridge/questions.ts';
import {
  allowRequest,
  answerRequest,
  type DecidedRequest,
  denyRequest,
  findRequest,
} from '../../bridge/requests.ts';
import { asRequestId, isRequestId, type RequestId } from '../../project/ids.ts';
import { PERMISSION_SCOPES } from '../../project/request.ts';
import { cleanText, LIMITS } from '../../project/text.ts';
import { ok, type Result, refuse } from '../../result.ts';
import { toWireDecidedRequest } from '../../wire/http.ts';
import { toWireRequest } from '../../wire/request.ts';
import { decidedRequestSchema } from '../../wire/schemas/http.ts';
import { requestSchema } from '../../wire/schemas/request.ts';
import { type Call, defineRoute, type Reply } from '../define-route.ts';
import { AND_MORE } from '../example.ts';
import { type Problem, problem } from '../problem.ts';

const params = z.strictObject({ id: z.string().describe('the id of what was asked, whole') });
const PROBLEMS = ['request-not-found', 'request-settled'] as const;

export const listQuestions = defineRoute({
  method: 'GET',
  path: '/questions',
  access: 'read',
  summary:
    'What Claude asks and nobody has decided, oldest first: questions, and calls that need permission.',
  answer: z.array(requestSchema),
  example: {
    answer: [
      {
        id: '$PERMISSION',
        kind: 'permission',
        tool_name: 'Bash',
        input: '{"command":"npm publish"}',
        ...AND_MORE,
      },
      { id: '$QUESTION', kind: 'question', question: 'Which port?', options: ['80', '8080'], ...AND_MORE },
    ],
  },
  async run(_input, { bridge }) {
    const cursor = await currentCursor(bridge);
    const asked = await questions(bridge, { undecided: true });
    return {
      body: asked.map(({ request, resumeCost }) => toWireRequest(request, resumeCost)),
      headers: { 'Bridge-Cursor': cursor },
    };
  },
});

export const answerQuestion = defineRoute({
  method: 'POST',
  path: '/questions/:id/answer',
  access: 'decide',
  summary: 'Answers a question; Claude reads exactly this. The first answer stands.',
  params,
  body: z.strictObject({
    answer: z
      .string()
      .max(LIMITS.reason)
      .refine((text) => cleanText(text) !== '', 'must not be empty')
      .describe('in your words, or one of the options'),
  }),
  answer: decidedRequestSchema,
  problems: PROBLEMS,
  example: {
    path: '/questions/$QUESTION/answer',
    send: { answer: '8080' },
    answer: {
      project: { status: 'in_progress', ...AND_MORE },
      request: {
        id: '$QUESTION',
        state: 'answered',
        answer: '8080',
        decided_by: 'person: phone',
        ...AND_MORE,
      },
      repeated: false,
    },
  },
  async run({ params: { id }, body }, call) {
    const found = await namedRequest(call, id);
    if (!found.ok) return { problem: found.refusal };
    return toReply(call, found.value, await answerRequest(call.bridge, found.value, body.answer, call.actor));
  },
});

export const decidePermission = defineRoute({
  method: 'POST',
  path: '/permissions/:id',
  access: 'decide',
  summary:
    'Allows a call that Claude asks for, once or for this project, or denies it with a reason that Claude is told.',
  params,
  body: z.strictObject({
    decision: z.enum([...PERMISSION_SCOPES, 'deny']).describe('`deny` needs a reason'),
    reason: z.string().max(LIMITS.reason).default('').describe('of a denial'),
  }),
  answer: decidedRequestSchema,
  problems: [...PROBLEMS, 'reason-required'],
  example: {
    path: '/permissions/$PERMISSION',
    send: { decision: 'deny', reason: 'CI publishes it.' },
    answer: {
      project: { id: '$WORKING', status: 'in_progress', ...AND_MORE },
      request: { id: '$PERMISSION', state: 'denied', answer: 'CI publishes it.', ...AND_MORE },
      repeated: false,
    },
  },
  async run({ params: { id }, body: { decision, reason } }, call) {
    const found = await namedRequest(call, id);
    if (!found.ok) return { problem: found.refusal };
    const { value } = found;
    if (decision !== 'deny')
      return toReply(call, value, await allowRequest(call.bridge, value, decision, call.actor));
    if (cleanText(reason) === '') return { problem: REASON_REQUIRED };
    return toReply(call, value, await denyRequest(call.bridge, value, reason, call.actor));
  },
});

const REASON_REQUIRED = problem('reason-required', "a non-empty 'reason' is required to deny a call.");

async function namedRequest({ bridge }: Call, text: string): Promise<Result<RequestId, Problem>> {
  const id = isRequestId(text) ? asRequestId(text) : undefined;
  if (id !== undefined && (await findRequest(bridge, id)).ok) return ok(id);
  return refuse(
    problem('request-not-found', 'there is no such request: GET /questions lists those that wait.'),
  );
}

/** With the request as it is: what it was decided to be, or its kind. */
async function toReply({ bridge }: Call, id: RequestId, decided: Result<DecidedRequest>): Promise<Reply> {
  if (decided.ok) return { body: toWireDecidedRequest(decided.value) };
  const present = await findRequest(bridge, id);
  if (!present.ok) throw new Error(present.refusal);
  return {
    problem: problem('request-settled', decided.refusal, {
      facts: { request: toWireRequest(present.value, null) },
    }),
  };
}
