/** What the API answers, as a value: also a refusal, and that nobody answered. Pure. */

/** What the server has refused, by RFC 9457. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** What else it says: `decision`, `round`, `request`. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export type Answer<T> =
  | { readonly ok: true; readonly value: T; readonly headers: Headers }
  | { readonly ok: false; readonly problem: Problem };

/** Nobody answered. */
export const UNREACHABLE: Problem = {
  status: 0,
  code: 'unreachable',
  detail: 'The supervisor did not answer. Nothing was changed here; try again.',
  facts: {},
};

/** @param facts The body of the answer, as JSON. Something between the server and us may answer in words of its own. */
export function problemFrom(status: number, facts: Readonly<Record<string, unknown>>): Problem {
  const { code = 'unknown', detail = `The server answered ${status}.` } = facts;
  return { status, code: String(code), detail: String(detail), facts };
}

/** Where a long text goes on, by the header `Link`; undefined: that was all. */
export function nextPageOf(headers: Headers): string | undefined {
  return /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
}
