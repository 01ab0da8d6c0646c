/** What every command is given, and the few things all of them do. */
import { type Bridge, openBridge, type Reply } from '../bridge/bridge.ts';
import { resolveProjectId } from '../bridge/queries.ts';
import type { Clock } from '../clock.ts';
import { type Config, type Environment, loadConfig } from '../config.ts';
import type { Output } from './terminal/output.ts';

export interface Cli {
  readonly env: Environment;
  /** The state folder. Throws ConfigError when BRIDGE_HOME names none. */
  readonly home: string;
  readonly clock: Clock;
  readonly out: Output;
  /** The program and arguments that start this command line again. */
  readonly entry: readonly string[];
  /** What the process exits with. */
  exitCode: number;
}

/** Reads the configuration. Throws ConfigError. */
export function configOf(cli: Cli): Config {
  return loadConfig(cli.home, cli.env);
}

/** Says what went wrong and makes the command fail. `next` is what to do about it. */
export function fail(cli: Cli, what: string, next = ''): void {
  const end = next !== '' && !/[.!?]$/.test(what) ? '.' : '';
  cli.out.failure(`${what}${end} ${next}`);
  cli.exitCode = 1;
}

/** Opens the store for as long as `work` takes. Throws StoreError. */
export async function withBridge<T>(cli: Cli, work: (bridge: Bridge) => Promise<T>): Promise<T> {
  const bridge = openBridge(cli.home, cli.clock);
  try {
    return await work(bridge);
  } finally {
    await bridge.close();
  }
}

/**
 * Opens the store and finds the project that `id`, whole or its first characters, names. A refusal, of the id or by
 * `work`, makes the command fail; otherwise `show` is given what `work` returned.
 */
export async function withProject<T>(
  cli: Cli,
  id: string,
  work: (bridge: Bridge, projectId: string) => Promise<Reply<T>>,
  show: (value: T, bridge: Bridge) => void | Promise<void>,
): Promise<void> {
  await withBridge(cli, async (bridge) => {
    const found = await resolveProjectId(bridge, id);
    if (!found.ok) return fail(cli, found.refusal, 'See all ids with: bridge-supervisor list --all');
    const reply = await work(bridge, found.value);
    if (!reply.ok) return fail(cli, reply.refusal);
    await show(reply.value, bridge);
  });
}
