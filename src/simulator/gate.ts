/** A gate that replies wait at until a test or the demo opens it. */
export interface Gate {
  /** Releases everything that waits now or later. */
  open(): void;
  /** Resolves when the gate is open. */
  readonly opened: Promise<void>;
}

export function createGate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, opened: promise };
}
