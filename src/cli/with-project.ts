/** What the commands about one project have in common. */
import type { Bridge } from '../bridge/bridge.ts';
import { resolveProjectId } from '../bridge/queries.ts';
import { withBridge } from '../control/host.ts';
import type { ProjectId } from '../project/ids.ts';
import type { Result } from '../result.ts';
import { type Cli, fail } from './context.ts';

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
