/**
 * Recovers the runs that a predecessor left open, by their process. A run with a living process is adopted. A run with
 * a dead process is read to its end. A run that never had a process is given back.
 */

import { endRun } from '../bridge/end-run.ts';
import { createEnding } from '../bridge/ended-run.ts';
import { projectDetails } from '../bridge/queries.ts';
import { recordSpawn, recordUnsent, startedIn, unfinishedRuns } from '../bridge/runs.ts';
import { claudeEnvironment, RUN_MARK } from '../claude/environment.ts';
import { sessionExists } from '../claude/session.ts';
import { messageOf } from '../error-message.ts';
import { watchProcess } from '../machine/child.ts';
import { removeControlGroup, removeEmptyControlGroups } from '../machine/control-group.ts';
import { isAlive, type ProcessIdentity } from '../machine/identity.ts';
import { findMarked } from '../machine/sweep.ts';
import { processTree } from '../machine/tree.ts';
import { tightest } from '../project/budget.ts';
import { type CostSum, sumCosts } from '../project/costs.ts';
import type { Outcome } from '../project/outcome.ts';
import { type Run, UNKNOWN_COST } from '../project/run.ts';
import { budgetCharges } from './budgets.ts';
import type { Context } from './context.ts';
import { endLeftPreparation } from './place/prepare-worktree.ts';
import { ActiveRun } from './run/active-run.ts';
import { earlierInSession, type ProcessHandle, type RunListener, runContext } from './run/context.ts';
import { callsCutOff } from './run/cut-off.ts';
import { removeSecrets } from './run/end.ts';
import { CONTROL_GROUPS, controlGroupOf } from './run/held-process.ts';
import { endsSupervisor, retryTransient } from './transient.ts';

/** Recovers every open run; returns those to follow. Throws StoreError and LeaseLost. */
export async function recover(context: Context, listener: (run: Run) => RunListener): Promise<ActiveRun[]> {
  // Left by runs that were killed with everything. A group of another supervisor may be empty for a moment.
  const minuteAgo = new Date(context.clock.now().getTime() - 60_000);
  await removeEmptyControlGroups(CONTROL_GROUPS, minuteAgo);
  const active: ActiveRun[] = [];
  for (const run of await unfinishedRuns(context.bridge)) {
    try {
      const adopted = await retryTransient(context, () => recoverRun(context, run, listener(run)));
      if (adopted) active.push(adopted);
    } catch (error) {
      if (endsSupervisor(error)) throw error;
      // The run stays open: its process may still work, and a second one beside it would be worse.
      const message = messageOf(error);
      context.log.error('run.not_taken_up', { run: run.id }, `${message}; the next start tries again`);
    }
  }
  return active;
}

async function recoverRun(context: Context, run: Run, listener: RunListener): Promise<ActiveRun | undefined> {
  const identity = await processOf(context, run);
  if (identity) return adopt(context, run, identity, listener);
  await closeUnspawned(context, run);
  return undefined;
}

/** The run's process, as recorded. When the predecessor died before it recorded one, it is found by its mark. */
async function processOf(context: Context, run: Run): Promise<ProcessIdentity | undefined> {
  if (run.pid !== null && run.pidStartedAt !== null) return { pid: run.pid, startedAt: run.pidStartedAt };
  const [found] = await findMarked(RUN_MARK, run.id);
  if (found) await recordSpawn(context.lease, run, found.pid, found.startedAt);
  return found;
}

async function adopt(
  context: Context,
  run: Run,
  identity: ProcessIdentity,
  listener: RunListener,
): Promise<ActiveRun> {
  const { bridge, clock, config, log } = context;
  const alive = await isAlive(identity);
  log.info('run.adopted', { run: run.id, project: run.projectId, pid: identity.pid, alive });
  // What a predecessor wrote to it last may not have reached it, and would keep a call from being put off.
  await recordUnsent(context.lease, run, 'all');
  const details = await projectDetails(bridge, run.projectId);
  const { project, runs } = details.ok ? details.value : { project: undefined, runs: [] };
  return new ActiveRun(
    context,
    runContext(project, run, runs, config, {
      resumed: earlierInSession(run, runs).length > 0,
      // Its input is gone, so nothing waits for that call.
      resumesCall: undefined,
      workspaceIdentity: await startedIn(bridge, run),
      budget: project && tightest(await budgetCharges(context, project, spentBefore(run, runs))),
      listener,
    }),
    adoptedProcess(identity, await processTree(identity), watchProcess(identity, clock)),
  );
}

/** By the other runs of its project. */
function spentBefore({ id }: Run, runs: readonly Run[]): CostSum {
  return sumCosts(runs.filter((other) => other.id !== id).map(({ costUsd }) => costUsd));
}

/** A process whose input and exit code went with its parent. */
function adoptedProcess(
  identity: ProcessIdentity,
  tree: ProcessIdentity[],
  gone: Promise<void>,
): ProcessHandle {
  return {
    identity,
    write: () => false,
    endInput: () => undefined,
    exited: gone.then(() => ({ code: null, signal: null })),
    // The tree at adoption; processes that started later are found by their mark.
    processTree: async () => tree,
  };
}

/**
 * Ends a run with no recorded process and none that carries its mark. Only a conversation can show that there was one.
 */
async function closeUnspawned(context: Context, run: Run): Promise<void> {
  const { lease } = context;
  await removeControlGroup(controlGroupOf(run));
  await endLeftPreparation(context, run.projectId);
  await removeSecrets(context, run);
  const ran = await sessionExists(run.sessionId, claudeEnvironment(context.env, run));
  const outcome: Outcome = ran
    ? { kind: 'lost', message: 'the supervisor died before it recorded the process' }
    : { kind: 'never_spawned', message: 'the supervisor died before it started Claude' };
  const cutOff = await callsCutOff(context, run, outcome);
  const known = ran ? { cost: UNKNOWN_COST, cutOff } : {};
  await endRun(lease, run, outcome, createEnding(Math.random(), known));
}
