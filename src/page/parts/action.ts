/** One thing that a person does: sent once, however often they press. */
import { useSignal } from '@preact/signals';
import { type Answer, call, type Problem } from '../api.ts';
import { connection, hasNewVersion } from '../live/connection.ts';

export interface Action<T> {
  readonly isUnderWay: boolean;
  /** Nothing can be sent: what is shown may have passed. */
  readonly isOff: boolean;
  readonly problem: Problem | undefined;
  run(body?: unknown): Promise<Answer<T> | undefined>;
}

export function useAction<T>(route: string): Action<T> {
  const isUnderWay = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  // A repeat after an answer that got lost is the same request.
  const requestId = useSignal(newId());
  return {
    isUnderWay: isUnderWay.value,
    isOff: isUnderWay.value || connection.value.state === 'lost' || hasNewVersion.value,
    problem: problem.value,
    async run(body = {}) {
      if (isUnderWay.peek()) return undefined;
      isUnderWay.value = true;
      problem.value = undefined;
      const answer = await call<T>(route, { body, requestId: requestId.peek() });
      isUnderWay.value = false;
      if (answer.ok) requestId.value = newId();
      else problem.value = answer.problem;
      return answer;
    },
  };
}

/** `crypto.randomUUID` is missing where the page came without TLS from another machine. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
