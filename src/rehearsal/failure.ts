/** Something did not go as it should in a rehearsal; the message says what. */
export class RehearsalFailure extends Error {
  override name = 'RehearsalFailure';
}
