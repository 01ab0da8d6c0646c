/** A list of which the server has pages: the first one, and those that a person asked for, fetched again together. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { nextPageOf } from '../answer.ts';
import { type Answer, call, type Problem } from '../api.ts';
import type { Concerns } from './concerns.ts';
import { useAnswer } from './resource.ts';

export interface Pages<T> {
  /** Of all pages that were read, in order; undefined: not read yet. */
  readonly items: readonly T[] | undefined;
  /** Why the newest answer is none. */
  readonly problem: Problem | undefined;
  /** Reads one page more; undefined: that is all, or nothing was read yet. */
  readonly more: (() => void) | undefined;
}

/**
 * @param route Of the first page.
 * @param concerns Whether an event may change what any of them says.
 */
export function usePages<T>(route: string, concerns: Concerns): Pages<T> {
  const wanted = useSignal(1);
  useEffect(() => {
    wanted.value = 1;
  }, [route]);
  const read = useAnswer(route, () => readPages<T>(route, wanted.peek()), concerns);
  const { items, count, isAll } = read.value ?? { items: undefined, count: 0, isAll: true };
  const more = () => {
    wanted.value = count + 1;
    read.refresh();
  };
  return { items, problem: read.problem, more: isAll ? undefined : more };
}

interface Read<T> {
  readonly items: readonly T[];
  /** How many pages they are. */
  readonly count: number;
  readonly isAll: boolean;
}

async function readPages<T>(first: string, wanted: number): Promise<Answer<Read<T>>> {
  const items: T[] = [];
  for (let [count, route] = [1, first]; ; count += 1) {
    const answer = await call<readonly T[]>(`GET ${route}`);
    if (!answer.ok) return answer;
    items.push(...answer.value);
    const next = nextPageOf(answer.headers);
    if (next === undefined || count === wanted)
      return { ...answer, value: { items, count, isAll: next === undefined } };
    route = next;
  }
}
