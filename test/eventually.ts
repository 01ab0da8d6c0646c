import { vi } from 'vitest';
import { STATE_TIMEOUT_MS } from './state-timeout.ts';

/**
 * Waits for what something else brings about: looks until `look` neither throws nor rejects, and resolves with what it
 * returned. Fails with its last error when STATE_TIMEOUT_MS is over.
 */
export function eventually<T>(look: () => T | Promise<T>, intervalMs = 50): Promise<T> {
  return vi.waitFor(look, { timeout: STATE_TIMEOUT_MS, interval: intervalMs });
}
