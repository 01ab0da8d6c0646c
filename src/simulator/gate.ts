/** A door that a test or the demo opens when the moment has come. */
export interface Gate {
  /** Lets everything that waits, and everything that comes later, pass. */
  open(): void;
  /** Resolves when the gate is open. */
  readonly opened: Promise<void>;
}

export function createGate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, opened: promise };
}
