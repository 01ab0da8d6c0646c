import { vi } from 'vitest';
import { PATIENCE_MS } from './patience.ts';

/**
 * Waits for what something else brings about: looks until `look` neither throws nor rejects, and resolves with what it
 * returned. Fails with its last error when patience is over.
 */
export function eventually<T>(look: () => T | Promise<T>, intervalMs = 50): Promise<T> {
  return vi.waitFor(look, { timeout: PATIENCE_MS, interval: intervalMs });
}
