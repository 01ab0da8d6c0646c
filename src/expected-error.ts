/** A failure that is not a bug. The message is one line: what happened, to what, and what to do. */
export class ExpectedError extends Error {
  override name = 'ExpectedError';
}
