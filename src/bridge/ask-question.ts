/** The answer to a question, as the call that asked it gets it. */
import { isUndecided } from '../project/request.ts';
import { answerText } from '../project/request-text.ts';
import { ok, type Result, refuse } from '../result.ts';
import { findRequest, undecidedRequests, updateRequest } from '../store/requests.ts';
import type { Bridge } from './bridge.ts';
import { type Waiting, waitsUntil } from './gate.ts';
import { databaseOf } from './open-bridge.ts';
import { type AskedCall, type Asker, type Asking, openRequest } from './open-request.ts';

export type QuestionVerdict = { readonly kind: 'answered'; readonly answer: string } | Waiting;

/**
 * What a person has answered. The gate lets the call through only when there is an answer; where no gate is, the question
 * is asked here, and Claude goes on without an answer in the end. Throws StoreError.
 *
 * @param waitMs As for the gate.
 */
export async function askQuestion(
  bridge: Bridge,
  asker: Asker,
  call: AskedCall,
  asking: Asking,
  waitMs: number,
): Promise<Result<QuestionVerdict>> {
  const asked = await openRequest(bridge, asker, call, asking);
  if (!asked.ok) return asked;
  const { id } = asked.value;
  return databaseOf(bridge).write<Result<QuestionVerdict>>(async ({ trx, now }) => {
    const request = (await findRequest(trx, id)) ?? asked.value;
    if (request.state === 'withdrawn') return refuse('the question was called off; go on without an answer.');
    if (isUndecided(request)) {
      const until = waitsUntil(await undecidedRequests(trx, asker.projectId), waitMs, now);
      return now < until ? ok({ kind: 'wait', until, requestId: id }) : refuse(NOT_ANSWERED);
    }
    await updateRequest(trx, id, { told_at: now, run_id: asker.runId });
    return ok({ kind: 'answered', answer: answerText(request) });
  });
}

const NOT_ANSWERED =
  'a person is asked and has not answered: do what does not depend on it, then end your turn; you are told the answer.';
