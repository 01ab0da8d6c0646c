/** What every command is given, and the few things all of them do. */

import type { Bridge } from '../bridge/bridge.ts';
import { resolveProjectId } from '../bridge/queries.ts';
import { type Host, withBridge } from '../control/host.ts';
import { EXIT } from '../exit-codes.ts';
import type { ProjectId } from '../project/ids.ts';
import type { Result } from '../result.ts';
import type { Output } from './terminal/output.ts';

export interface Cli extends Host {
  readonly out: Output;
  /** What the process exits with. */
  exitCode: number;
}

/** Says what went wrong and makes the command fail. `next` is what to do about it. */
export function fail(cli: Cli, what: string, next = ''): void {
  const end = next !== '' && !/[.!?]$/.test(what) ? '.' : '';
  cli.out.failure(`${what}${end} ${next}`);
  cli.exitCode = EXIT.failed;
}

/**
 * Opens the store and finds the project that `id`, whole or its first characters, names. A refusal, of the id or by
 * `work`, makes the command fail; otherwise `show` is given what `work` returned.
 */
export async function withProject<T>(
  cli: Cli,
  id: string,
  work: (bridge: Bridge, projectId: ProjectId) => Promise<Result<T>>,
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
