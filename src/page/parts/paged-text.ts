/** A long text, page by page as the server has it. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { nextPageOf } from '../answer.ts';
import { callText, type Problem } from '../api.ts';
import { aheadOr } from '../live/ahead.ts';

export interface PagedText {
  /** What was read so far; undefined: nothing yet. */
  readonly text: string | undefined;
  readonly problem: Problem | undefined;
  /** Reads on; undefined: that was all, or it is being read. */
  readonly more: (() => void) | undefined;
}

export function usePagedText(route: string): PagedText {
  const text = useSignal<string | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const next = useSignal<string | undefined>(undefined);
  const read = async (from: string, before: string) => {
    next.value = undefined;
    const answer = await aheadOr(from, () => callText(`GET ${from}`));
    if (!answer.ok) {
      problem.value = answer.problem;
      return;
    }
    problem.value = undefined;
    text.value = before + answer.value;
    next.value = nextPageOf(answer.headers);
  };
  useEffect(() => {
    text.value = undefined;
    void read(route, '');
  }, [route]);
  const from = next.value;
  return {
    text: text.value,
    problem: problem.value,
    more: from === undefined ? undefined : () => void read(from, text.peek() ?? ''),
  };
}
