import * as z from 'zod';
import { PERMISSION_SCOPES, REQUEST_KINDS, REQUEST_STATES } from '../../project/request.ts';
import { DECIDED_VIA } from '../../project/review.ts';
import { count, id, time, usd } from './scalars.ts';

const resumeCostSchema = z
  .strictObject({
    tokens: count().nullable().describe('null: unknown'),
    usd: usd().nullable().describe('by list price; null: unknown'),
    cached_until: time().nullable().describe('null: the service does not keep it any more'),
  })
  .describe('What the model reads again to go on in its session.');

export type WireResumeCost = z.output<typeof resumeCostSchema>;

/** What Claude asks a person in the middle of its work. */
export const requestSchema = z
  .strictObject({
    id: id(),
    project_id: id(),
    run_id: id().describe('the run that asked last, or is to tell Claude'),
    kind: z.enum(REQUEST_KINDS).describe('`permission`: for one call'),
    state: z
      .enum(REQUEST_STATES)
      .describe('`open` and `deferred` wait for a person; `deferred`: no run waits for it'),
    tool_name: z.string(),
    input: z.string().describe('the input of the call, as JSON'),
    agent_id: z.string().nullable().describe('the subagent that asks; null: the main conversation'),
    question: z.string().describe('empty for a permission'),
    options: z.array(z.string()).describe('what to choose from; empty: any answer'),
    default_answer: z
      .string()
      .nullable()
      .describe('the answer when nobody has answered by the deadline; null: none'),
    deadline: time().nullable().describe('when it is decided by default; null: never'),
    scope: z.enum(PERMISSION_SCOPES).nullable().describe('of an allowed call: this one, or each equal one'),
    answer: z.string().nullable().describe('the answer, or the reason of a denial'),
    decided_by: z.string().nullable(),
    decided_via: z.enum(DECIDED_VIA).nullable(),
    created_at: time(),
    decided_at: time().nullable(),
    cut_off_at: time()
      .nullable()
      .describe(
        'when a run ended that was let make the call and showed no result: it may have been made, or not',
      ),
    repeats: id().nullable().describe('the request of an equal call that was cut off before; null: none'),
    resume_cost: resumeCostSchema
      .nullable()
      .describe('what a decision makes the model read again; null: nothing, its run waits or has gone on'),
  })
  .describe('What Claude asks a person in the middle of its work. The words and the input are of a model.');

export type WireRequest = z.output<typeof requestSchema>;
