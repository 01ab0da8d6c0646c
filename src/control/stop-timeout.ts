/** How long an orderly stop may take before the supervisor gets a signal. */
import type { Config } from '../config.ts';
import { ConfigError } from '../config-error.ts';
import { configOf, type Host } from './host.ts';

/** The time for ending the runs, on top of drain_timeout. */
export const STOP_MARGIN_MS = 60_000;

/** In milliseconds. */
export function stopTimeout({ drain_timeout }: Pick<Config, 'drain_timeout'>): number {
  return drain_timeout + STOP_MARGIN_MS;
}

/** The same from the current configuration, in milliseconds. An invalid configuration must not prevent a stop. */
export function defaultStopTimeout(host: Pick<Host, 'stateDir' | 'env'>): number {
  try {
    return stopTimeout(configOf(host));
  } catch (error) {
    if (error instanceof ConfigError) return STOP_MARGIN_MS;
    throw error;
  }
}
