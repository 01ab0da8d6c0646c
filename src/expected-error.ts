/** Something that can go wrong as things are: the message is one line that says what happened, to what, and what to do. */
export class ExpectedError extends Error {
  override name = 'ExpectedError';
}
