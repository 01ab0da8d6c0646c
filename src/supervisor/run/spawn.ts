/** Starts the claude process of a recorded run, or says with which outcome the run ends because there is none. */

import { checkLease } from '../../bridge/lease.ts';
import { messageOf } from '../../error-message.ts';
import { type Child, spawnChild } from '../../machine/child.ts';
import { enterControlGroup, makeControlGroup, removeControlGroup } from '../../machine/control-group.ts';
import type { SpawnFailure } from '../../machine/spawn-failure.ts';
import { isResourceError } from '../../machine/transient-error.ts';
import type { Outcome } from '../../project/outcome.ts';
import type { Run } from '../../project/run.ts';
import { ok, type Result, refuse } from '../../result.ts';
import type { Context } from '../context.ts';
import { endsSupervisor, retryTransient } from '../transient.ts';
import { controlGroupOf } from './held-process.ts';
import type { PreparedRun } from './prepare.ts';
import type { RunPlan } from './run-plan.ts';

export interface SpawnedRun extends Omit<PreparedRun, 'process'> {
  readonly child: Child;
  /** Its control group; undefined where the system has none. */
  readonly group: string | undefined;
}

/**
 * Starts claude for a run that is already in the store, unless `stop` aborts before: its reason is the outcome then.
 * Throws StoreError and LeaseLost; it then has started nothing.
 */
export async function spawnRun(
  context: Context,
  { run, prepare }: RunPlan,
  stop: AbortSignal,
): Promise<Result<SpawnedRun, Outcome>> {
  try {
    const prepared = await prepare(stop);
    if (stop.aborted) return refuse(stop.reason as Outcome);
    return prepared.ok ? await spawn(context, run, prepared.value) : prepared;
  } catch (error) {
    await removeControlGroup(controlGroupOf(run));
    if (endsSupervisor(error)) throw error;
    const kind = isResourceError(error) ? 'machine_exhausted' : 'never_spawned';
    return refuse({ kind, message: messageOf(error) });
  }
}

async function spawn(
  context: Context,
  run: Run,
  { process, ...prepared }: PreparedRun,
): Promise<Result<SpawnedRun, Outcome>> {
  const group = await makeControlGroup(controlGroupOf(run));
  // A supervisor that was suspended since the claim may have been replaced: the run then belongs to its successor.
  await retryTransient(context, () => checkLease(context.lease));
  const child = await spawnChild(process);
  if (child.kind === 'child') return ok({ ...prepared, child, group });
  await removeControlGroup(controlGroupOf(run));
  return refuse(outcomeOf(child));
}

function outcomeOf({ reason, message }: SpawnFailure): Outcome {
  switch (reason) {
    case 'command-not-found':
    case 'not-executable':
      return { kind: 'claude_missing', message };
    case 'cwd-missing':
      return { kind: 'workspace_missing', message };
    case 'machine-exhausted':
      return { kind: 'machine_exhausted', message };
    default:
      return { kind: 'never_spawned', message };
  }
}

/**
 * Moves the process of a run into its control group. This happens after the first message, because the kernel takes
 * some 15 ms to move a process, in which the process starts no other and no thread. Claude starts its first program
 * some hundred milliseconds after its own start; a program that it did start by then is moved too.
 */
export async function gatherRun({ child, group }: Pick<SpawnedRun, 'child' | 'group'>): Promise<void> {
  if (group === undefined) return;
  // The parent first: its later children start in the group.
  await enterControlGroup(group, child.identity.pid);
  const tree = await child.processTree().catch(() => []);
  for (const { pid } of tree) if (pid !== child.identity.pid) await enterControlGroup(group, pid);
}
