/** What the server says about something, fetched again whenever it may have changed. The last answer stays meanwhile. */
import { useEffect, useRef, useState } from 'react';
import type { Answer, Problem } from '../../../page/answer.ts';
import { MIN_PAUSE_MS, type Repeated, repeatedWork } from '../../../page/live/repeated-work.ts';
import type { WireEvent } from '../../../wire/schemas/event.ts';
import { useTui } from '../context.ts';

export interface Resource<T> {
  /** The newest answer; undefined: none yet. */
  readonly value: T | undefined;
  /** Why the newest answer is none. */
  readonly problem: Problem | undefined;
  /** Fetches again. */
  refresh(): void;
}

interface Kept<T> {
  readonly value: T | undefined;
  readonly problem: Problem | undefined;
}

const NOTHING = { value: undefined, problem: undefined } as const;

/**
 * @param route Undefined: nothing is asked for.
 * @param concerns Whether an event may change the answer.
 */
export function useResource<T>(
  route: string | undefined,
  concerns: (event: WireEvent) => boolean = () => true,
): Resource<T> {
  const { client, connection, clock } = useTui();
  const [kept, setKept] = useState<Kept<T>>(NOTHING);
  const fetcher = useRef<Repeated>(undefined);

  useEffect(() => {
    setKept(NOTHING);
    if (route === undefined) return;
    const own = repeatedWork(
      async () => {
        const answer = await client.call<T>(`GET ${route}`);
        if (!own.isOver()) setKept((before) => after(before, answer));
      },
      () => clock.sleep(MIN_PAUSE_MS),
    );
    fetcher.current = own;
    own.ask();
    const endEvents = connection.onEvents((event) => {
      if (event === undefined || concerns(event)) own.ask();
    });
    return () => {
      own.end();
      endEvents();
    };
    // What it concerns follows from the route.
  }, [route, client, connection, clock]);

  return { ...kept, refresh: () => fetcher.current?.ask() };
}

function after<T>(before: Kept<T>, answer: Answer<T>): Kept<T> {
  if (answer.ok) return { value: answer.value, problem: undefined };
  // What nobody answers is no news: the first line says that the connection is lost.
  return answer.problem.status === 0 ? before : { ...before, problem: answer.problem };
}
