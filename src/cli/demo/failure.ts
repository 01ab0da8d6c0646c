/** Something the demo shows did not go as it should; the message says what. */
export class DemoFailure extends Error {
  override name = 'DemoFailure';
}
