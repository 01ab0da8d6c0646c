/**
 * How long a test waits for a state that something else brings about, on a busy machine too: only a state that never
 * comes takes all of it. A test as a whole, which may wait for several, has twice as long (vitest.config.ts).
 */
export const STATE_TIMEOUT_MS = 90_000;
