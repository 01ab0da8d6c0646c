/** What every action on a supervisor needs: state folder, environment, clock, and the command that starts us. */

import { type Bridge, openBridge } from '../bridge/bridge.ts';
import type { Clock } from '../clock.ts';
import { type Config, loadConfig } from '../config.ts';
import { ConfigError } from '../config-error.ts';
import type { Environment } from '../environment.ts';

export interface Host {
  readonly env: Environment;
  /** Throws ConfigError when BRIDGE_HOME is not usable. */
  readonly stateDir: string;
  readonly clock: Clock;
  /** The program and arguments that start this command line again. */
  readonly selfCommand: readonly string[];
}

/** Reads the configuration. Throws ConfigError. */
export function configOf({ stateDir, env }: Pick<Host, 'stateDir' | 'env'>): Config {
  return loadConfig(stateDir, env);
}

/** The same, where work goes on without it: undefined when it cannot be read. */
export function readableConfig(host: Pick<Host, 'stateDir' | 'env'>): Config | undefined {
  try {
    return configOf(host);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** Opens the store for as long as `work` takes. Throws StoreError. */
export async function withBridge<T>(
  { stateDir, clock }: Pick<Host, 'stateDir' | 'clock'>,
  work: (bridge: Bridge) => Promise<T>,
): Promise<T> {
  const bridge = await openBridge(stateDir, clock);
  try {
    return await work(bridge);
  } finally {
    await bridge.close();
  }
}
