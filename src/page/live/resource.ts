/**
 * What the server says about something, fetched again whenever it may have changed. The last answer stays meanwhile, and where
 * the server fails; not where it says that there is no such thing, as after a restored backup.
 */

import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type Answer, call, type Problem, signedIn } from '../api.ts';
import { aheadOr } from './ahead.ts';
import type { Concerns } from './concerns.ts';
import { onEvents } from './connection.ts';
import { repeatedly } from './repeatedly.ts';

export interface Resource<T> {
  /** The newest answer; undefined: none yet. */
  readonly value: T | undefined;
  /** Why the newest answer is none. */
  readonly problem: Problem | undefined;
  /** Fetches again. */
  refresh(): void;
}

/** @param concerns Whether an event may change the answer. */
export function useResource<T>(route: string, concerns: Concerns): Resource<T> {
  return useAnswer(route, () => aheadOr(route, () => call<T>(`GET ${route}`)), concerns);
}

/** @param ask Asks the server for what `route` names; of another route, what was answered before is forgotten. */
export function useAnswer<T>(route: string, ask: () => Promise<Answer<T>>, concerns: Concerns): Resource<T> {
  const value = useSignal<T | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const refresh = useSignal<() => void>(() => undefined);

  useEffect(() => {
    value.value = undefined;
    problem.value = undefined;
    const fetcher = repeatedly(async () => {
      const answer = await ask();
      if (!fetcher.isOver()) keep(answer, value, problem);
    });
    refresh.value = fetcher.ask;
    const endEvents = onEvents((event) => {
      if (event === undefined || concerns(event)) fetcher.ask();
    });
    // At once, too, where that is known.
    const endSession = signedIn.subscribe((state) => {
      if (state === 'yes') fetcher.ask();
    });
    return () => {
      fetcher.end();
      endEvents();
      endSession();
    };
  }, [route]);

  return { value: value.value, problem: problem.value, refresh: () => refresh.peek()() };
}

function keep<T>(
  answer: Answer<T>,
  value: Signal<T | undefined>,
  problem: Signal<Problem | undefined>,
): void {
  if (answer.ok) {
    value.value = answer.value;
    problem.value = undefined;
    // What nobody answers is no news: the bar says that the connection is lost.
  } else if (answer.problem.status !== 0) {
    problem.value = answer.problem;
    if (answer.problem.status === 404) value.value = undefined;
  }
}
