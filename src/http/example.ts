/**
 * One call of a route with its answer: docs/http.md shows it, and test/http/route-examples.test.ts makes it as it is shown.
 * What is left out of an answer is marked with `…`: by itself it stands for any value, within a text for any part of it,
 * and as the last member of an object or a list for at least one more.
 */
export interface Example {
  /** With `$NAME` for what docs/http.md says under "Names in the examples"; without it, the path of the route. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body that is sent. */
  readonly send?: object;
  /** A browser calls instead of a token: with its cookie and its key. */
  readonly byBrowser?: true;
  /** The answer goes on; what is shown is its beginning. */
  readonly goesOn?: true;
  /** Another than that of the route. */
  readonly status?: number;
  /** JSON; a string is the text of the body as it comes. */
  readonly answer: unknown;
}

/** What stands for whatever is left out. */
export const LEFT_OUT = '…';

/** The member of an object that stands for those left out. */
export const AND_MORE = { [LEFT_OUT]: LEFT_OUT } as const;
