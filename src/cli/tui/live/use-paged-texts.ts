/** Long texts, page by page as the server has them, by their routes. */
import { useRef, useState } from 'react';
import { nextPageOf } from '../../../page/answer.ts';
import { useTui } from '../context.ts';

export interface PagedText {
  /** What was read so far; undefined: nothing yet. */
  readonly text: string | undefined;
  /** Why it could not be read. */
  readonly problem: string | undefined;
  /** Where it goes on; undefined: that was all, or it is being read. */
  readonly next: string | undefined;
  readonly isReading: boolean;
}

export interface PagedTexts {
  get(route: string): PagedText | undefined;
  /** Reads its beginning, unless that was done; or on, where it goes on. */
  read(route: string): void;
}

export function usePagedTexts(): PagedTexts {
  const { client } = useTui();
  const texts = useRef(new Map<string, PagedText>());
  const [, redraw] = useState(0);
  const put = (route: string, text: PagedText) => {
    texts.current.set(route, text);
    redraw((count) => count + 1);
  };
  const readFrom = async (route: string, from: string, before: string | undefined) => {
    put(route, { text: before, problem: undefined, next: undefined, isReading: true });
    const answer = await client.callText(`GET ${from}`);
    if (answer.ok)
      put(route, {
        text: (before ?? '') + answer.value,
        problem: undefined,
        next: nextPageOf(answer.headers),
        isReading: false,
      });
    else put(route, { text: before, problem: answer.problem.detail, next: from, isReading: false });
  };
  return {
    get: (route) => texts.current.get(route),
    read(route) {
      const known = texts.current.get(route);
      if (!known) void readFrom(route, route, undefined);
      else if (known.next !== undefined) void readFrom(route, known.next, known.text);
    },
  };
}
