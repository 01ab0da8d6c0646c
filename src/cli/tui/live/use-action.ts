/** One thing that a person does: sent once, however often they press. */
import { randomUUID } from 'node:crypto';
import { useRef } from 'react';
import type { Answer } from '../../../page/answer.ts';
import { useConnection, useTui } from '../context.ts';

export interface Action {
  /**
   * What went wrong is said.
   *
   * @param route Method and path, such as `POST /pause`.
   * @returns Undefined: nothing was sent, as something is being sent already or the connection is lost.
   */
  run<T>(route: string, body: unknown, done: string): Promise<Answer<T> | undefined>;
}

export function useAction(): Action {
  const { client, say } = useTui();
  const connection = useConnection();
  const underWay = useRef(false);
  // A repeat after an answer that got lost is the same request.
  const unanswered = useRef<{ readonly what: string; readonly id: string } | undefined>(undefined);
  return {
    async run<T>(route: string, body: unknown, done: string) {
      if (underWay.current) return undefined;
      if (connection.kind !== 'live') {
        say('Not sent: the connection is lost, and what you see may have passed.', true);
        return undefined;
      }
      underWay.current = true;
      const what = `${route} ${JSON.stringify(body)}`;
      const id = unanswered.current?.what === what ? unanswered.current.id : randomUUID();
      const answer = await client.call<T>(route, { body, requestId: id });
      unanswered.current = !answer.ok && answer.problem.status === 0 ? { what, id } : undefined;
      underWay.current = false;
      if (answer.ok) say(done);
      else say(answer.problem.detail, true);
      return answer;
    },
  };
}
