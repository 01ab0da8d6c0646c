/** How long a supervisor may take to stop in good order, before it is signalled. */
import type { Config } from '../config.ts';
import { ConfigError } from '../config-error.ts';
import { configOf, type Host } from './host.ts';

/** What ending the runs may take, beside the time that the owner gives them. */
export const STOP_MARGIN_MS = 60_000;

/** In milliseconds. */
export function stopTimeout({ drain_timeout }: Pick<Config, 'drain_timeout'>): number {
  return drain_timeout + STOP_MARGIN_MS;
}

/** The same by the configuration as it is. One that cannot be used must not keep anybody from stopping. */
export function defaultStopTimeout(host: Pick<Host, 'stateDir' | 'env'>): number {
  try {
    return stopTimeout(configOf(host));
  } catch (error) {
    if (error instanceof ConfigError) return STOP_MARGIN_MS;
    throw error;
  }
}
