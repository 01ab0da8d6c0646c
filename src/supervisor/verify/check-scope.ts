/** By what the processes of the owner's checks are found and ended, also those that a killed supervisor has left. */
import { checkLease } from '../../bridge/lease.ts';
import { recordCheckBegun } from '../../bridge/verifying.ts';
import { RUN_MARK } from '../../claude/environment.ts';
import { type CommandScope, endLeftCommand } from '../../evidence/command.ts';
import type { ChecksPlan } from '../../evidence/make-evidence.ts';
import { removeEmptyControlGroups } from '../../machine/control-group.ts';
import type { ProjectId } from '../../project/ids.ts';
import type { Project } from '../../project/project.ts';
import type { Context } from '../context.ts';
import { ignoreTransient, retryTransient } from '../transient.ts';

/** Every process of a check has it, besides the mark of its project; it names the state folder. */
const STATE_MARK = 'BRIDGE_CHECK_STATE';
const CONTROL_GROUPS = 'bridge-check-';

/**
 * The scope of the checks of one project, whose `permit` throws LeaseLost. They run what Claude wrote: with the mark of a
 * run they cannot decide about work, and the value is no run to adopt.
 */
export function checkScope(context: Context, projectId: ProjectId): CommandScope {
  return {
    mark: { name: RUN_MARK, value: `check:${projectId}` },
    controlGroup: `${CONTROL_GROUPS}${projectId}`,
    clock: context.clock,
    permit: () => retryTransient(context, () => checkLease(context.lease)),
  };
}

/** How the owner's checks are run on the work of a project. The history tells of each as it begins. */
export function checksPlan(
  context: Context,
  { id }: Project,
  { rules, files, round, attempt, within, signal }: CheckedWork,
): ChecksPlan {
  const { bridge, env, lease } = context;
  return {
    rules,
    files,
    scope: checkScope(context, id),
    env,
    added: { [STATE_MARK]: bridge.stateDir },
    signal,
    within,
    begins: ({ name }, number) => {
      const begun = { round, attempt, check: name, number, of: rules.checks.length };
      return ignoreTransient(recordCheckBegun(lease, id, begun));
    },
  };
}

interface CheckedWork extends Pick<ChecksPlan, 'rules' | 'files' | 'signal' | 'within'> {
  readonly round: number;
  readonly attempt: number;
}

/** Ends what checks of a killed supervisor have left; their project may be closed by now. Throws LeaseLost. */
export async function endLeftChecks(context: Context): Promise<void> {
  const { bridge, clock, log } = context;
  const minuteAgo = new Date(clock.now().getTime() - 60_000);
  await removeEmptyControlGroups(CONTROL_GROUPS, minuteAgo);
  const left = await endLeftCommand({
    ...checkScope(context, '' as ProjectId),
    mark: { name: STATE_MARK, value: bridge.stateDir },
  });
  for (const { pid, name } of left) log.warn('check.leftover', { pid, name });
}
