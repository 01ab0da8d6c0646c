/** Records the process of a run, so that a successor can adopt it, or ends it when it belongs to nobody. */

import { LeaseLost } from '../../bridge/lease.ts';
import { recordSpawn, unfinishedRuns } from '../../bridge/runs.ts';
import { RUN_MARK } from '../../claude/environment.ts';
import type { Child } from '../../machine/child.ts';
import { removeControlGroup } from '../../machine/control-group.ts';
import { killProcess } from '../../machine/signal.ts';
import { sweep } from '../../machine/sweep.ts';
import type { Run } from '../../project/run.ts';
import type { Context } from '../context.ts';
import { retryTransient } from '../transient.ts';
import { controlGroupOf } from './held-process.ts';

/**
 * Records the process of a run. When it cannot be recorded because another supervisor has the lease, the process is
 * ended, since nobody else knows of it, unless the other supervisor has found and adopted it. Throws StoreError and
 * LeaseLost.
 */
export async function recordChild(
  context: Context,
  run: Run,
  child: Child,
  workspaceIdentity: string | null = null,
): Promise<void> {
  const { pid, startedAt } = child.identity;
  try {
    await retryTransient(context, () => recordSpawn(context.lease, run, pid, startedAt, workspaceIdentity));
  } catch (error) {
    if (error instanceof LeaseLost && !(await isAdopted(context, run, child)))
      await endUnknown(context, run, child);
    throw error;
  }
}

async function isAdopted({ bridge }: Context, run: Run, { identity }: Child): Promise<boolean> {
  const recorded = (await unfinishedRuns(bridge)).find(({ id }) => id === run.id);
  return recorded?.pid === identity.pid && recorded.pidStartedAt === identity.startedAt;
}

async function endUnknown({ clock }: Context, run: Run, child: Child): Promise<void> {
  const mark = { name: RUN_MARK, value: run.id };
  const processTree = await child.processTree();
  const controlGroup = controlGroupOf(run);
  await killProcess(child.identity);
  await sweep({ root: child.identity, mark, processTree, controlGroup, graceMs: 0, clock });
  await removeControlGroup(controlGroup);
}
