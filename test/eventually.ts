import { vi } from 'vitest';
import { STATE_TIMEOUT_MS } from './state-timeout.ts';

/**
 * Waits for what something else brings about: looks until `look` neither throws nor rejects, and resolves with what it
 * returned. Fails with its last error when the time is over: less than STATE_TIMEOUT_MS only for what never comes.
 */
export function eventually<T>(
  look: () => T | Promise<T>,
  intervalMs = 50,
  timeoutMs = STATE_TIMEOUT_MS,
): Promise<T> {
  return vi.waitFor(look, { timeout: timeoutMs, interval: intervalMs });
}
