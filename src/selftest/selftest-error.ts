/** A self-test failed; the message says at what. */
export class SelftestError extends Error {
  override name = 'SelftestError';
}
