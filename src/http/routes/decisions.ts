import * as z from 'zod';
import { type Binding, bind } from '../../bridge/decision-binding.ts';
import { measuredRound } from '../../bridge/measured-round.ts';
import { approve, type Decided, reject } from '../../bridge/reviews.ts';
import { projectRules } from '../../bridge/work-rules.ts';
import { MAX_ALLOWED_RULES } from '../../project/allowed-rules.ts';
import { SHORT_OID_DIGITS } from '../../project/oid.ts';
import type { Project } from '../../project/project.ts';
import { REVISE_IN } from '../../project/revision.ts';
import { cleanText, LIMITS } from '../../project/text.ts';
import type { Result } from '../../result.ts';
import { toWireDecided } from '../../wire/http.ts';
import { toWireDecision } from '../../wire/round.ts';
import { decidedSchema } from '../../wire/schemas/http.ts';
import { type Call, defineRoute, type Reply } from '../define-route.ts';
import { AND_MORE } from '../example.ts';
import { type Problem, problem } from '../problem.ts';
import { namedProject, projectParams } from './named-project.ts';

const binding = {
  round: z.int().min(1).optional().describe('the round that is meant; another one is refused'),
  tree: z
    .string()
    .regex(
      new RegExp(`^[0-9a-f]{${SHORT_OID_DIGITS},64}$`, 'i'),
      'must be the first digits of what was measured',
    )
    .optional()
    .describe('what was measured of it, or its first digits; other work is refused'),
};

const PROBLEMS = ['project-not-found', 'illegal-move', 'round-moved-on', 'already-decided'] as const;

export const approveProject = defineRoute({
  method: 'POST',
  path: '/projects/:id/approve',
  access: 'decide',
  summary:
    'Approves submitted work, or an outline. Without `round` and `tree`: what waits at that moment; the answer says which that was. Work after an approved outline needs one of them.',
  params: projectParams,
  body: z.strictObject(binding),
  answer: decidedSchema,
  problems: PROBLEMS,
  example: {
    path: '/projects/$PROJECT/approve',
    send: { round: 1 },
    answer: {
      project: { id: '$PROJECT', status: 'approved', ...AND_MORE },
      decision: { verdict: 'approved', reason: '', decided_by: 'person: phone', ...AND_MORE },
      round: 1,
      outline: false,
      repeated: false,
    },
  },
  async run({ params: { id }, body }, call) {
    const found = await namedProject(call, id);
    if (!found.ok) return { problem: found.refusal };
    return toReply(call, found.value, body, await approve(call.bridge, found.value.id, call.actor, body));
  },
});

export const rejectProject = defineRoute({
  method: 'POST',
  path: '/projects/:id/reject',
  access: 'decide',
  summary: 'Rejects submitted work with a reason, which Claude is told word for word.',
  params: projectParams,
  body: z.strictObject({
    reason: z.string().max(LIMITS.reason).default('').describe('what to change; an empty one is refused'),
    ...binding,
    allow: z
      .array(z.string())
      .max(MAX_ALLOWED_RULES)
      .optional()
      .describe(
        'rules for what Claude may do from now on, in this project alone, such as `Bash(npm test *)`; what the policy denies stays denied',
      ),
    revise_in: z
      .enum(REVISE_IN)
      .optional()
      .describe('in which session Claude revises it, instead of `revise_in` of the configuration'),
  }),
  answer: decidedSchema,
  problems: [...PROBLEMS, 'reason-required', 'not-allowed'],
  example: {
    path: '/projects/$PROJECT/reject',
    send: { reason: 'Keep the old format readable.', round: 1 },
    answer: {
      project: { id: '$PROJECT', status: 'rejected', ...AND_MORE },
      decision: { verdict: 'rejected', reason: 'Keep the old format readable.', ...AND_MORE },
      round: 1,
      outline: false,
      repeated: false,
    },
  },
  async run({ params: { id }, body: { reason, allow = [], revise_in: reviseIn, ...given } }, call) {
    const found = await namedProject(call, id);
    if (!found.ok) return { problem: found.refusal };
    if (cleanText(reason) === '') return { problem: REASON_REQUIRED };
    const { maxRounds, policy } = projectRules(call.config, found.value);
    const options = {
      ...given,
      allow,
      reviseIn,
      maxRounds,
      policy,
    };
    const decided = await reject(call.bridge, found.value.id, reason, call.actor, options);
    return toReply(call, found.value, { ...given, allow }, decided);
  },
});

const REASON_REQUIRED = problem('reason-required', "a non-empty 'reason' is required to reject a project.");

/** What a decision says it is about, and what it allows. */
type Asked = Binding & { readonly allow?: readonly string[] };

async function toReply(call: Call, project: Project, asked: Asked, decided: Result<Decided>): Promise<Reply> {
  if (decided.ok) return { body: toWireDecided(decided.value) };
  return { problem: await whyRefused(call, project, asked, decided.refusal) };
}

/** Which kind of refusal it was is read from where the project stands, never from its words. */
async function whyRefused(
  { bridge, config }: Call,
  { id }: Project,
  asked: Asked,
  detail: string,
): Promise<Problem> {
  const present = await measuredRound(bridge, config, id);
  if (!present.ok) throw new Error(present.refusal);
  const { project, round, measured } = present.value;
  const { round: named, allow = [] } = asked;
  const meant =
    named !== undefined && named < round ? await measuredRound(bridge, config, id, named) : present;
  const decision = meant.ok ? meant.value.decision : undefined;
  if (decision) return problem('already-decided', detail, { facts: { decision: toWireDecision(decision) } });
  const isWaiting = project.status === 'awaiting_approval';
  // Bound to what waits, it was refused for what it allows.
  if (isWaiting && allow.length > 0 && bind(project, measured, asked).ok)
    return problem('not-allowed', detail);
  if (isWaiting || (named !== undefined && named !== round))
    return problem('round-moved-on', detail, { facts: { round } });
  return problem('illegal-move', detail, { facts: { status: project.status } });
}
