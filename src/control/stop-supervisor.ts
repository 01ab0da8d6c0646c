/** Stops the supervisor of this state folder and the runs it left; never another process with a reused pid. */

import { type Bridge, isTransientStoreError } from '../bridge/bridge.ts';
import { requestStop } from '../bridge/lease.ts';
import { unfinishedRuns } from '../bridge/runs.ts';
import { RUN_MARK } from '../claude/environment.ts';
import { watchProcess } from '../machine/child.ts';
import { isAlive, type ProcessIdentity } from '../machine/identity.ts';
import { type StopStep, stopChild } from '../machine/stop.ts';
import { findMarked, type Leftover, sweep } from '../machine/sweep.ts';
import { processTree } from '../machine/tree.ts';
import type { Run } from '../project/run.ts';
import { holderOf, isLiving, supervisorState } from './supervisor-state.ts';

export interface StopReport {
  /** The supervisor that was stopped, and by what; null when none ran. */
  readonly supervisor: { readonly pid: number; readonly by: 'request' | StopStep } | null;
  /** Runs that it left behind, and that were stopped. */
  readonly runs: readonly StoppedRun[];
}

interface StoppedRun {
  readonly run: Run;
  readonly by: StopStep;
  readonly leftovers: readonly Leftover[];
}

/** @param timeoutMs How long it may take to stop after the request, before it gets a signal. */
export async function stopSupervisor(bridge: Bridge, timeoutMs: number): Promise<StopReport> {
  const before = await supervisorState(bridge);
  if (!isLiving(before)) return { supervisor: null, runs: await endRunsOfNobody(bridge) };

  const holder = holderOf(before.lease);
  const isRequested = await tryRequestStop(bridge);
  const asked =
    before.state === 'not_responding' || !isRequested ? Math.min(timeoutMs, FROZEN_MS) : timeoutMs;
  const by = (await endsWithin(bridge, holder, asked))
    ? 'request'
    : await stopChild({ identity: holder }, { graceMs: GRACE_MS, clock: bridge.clock });
  return { supervisor: { pid: holder.pid, by }, runs: await endRunsOfNobody(bridge) };
}

/** False when the store does not accept the request now, perhaps because a frozen supervisor holds its lock. */
async function tryRequestStop(bridge: Bridge): Promise<boolean> {
  try {
    await requestStop(bridge);
    return true;
  } catch (error) {
    if (isTransientStoreError(error)) return false;
    throw error;
  }
}

/** A supervisor that does not renew its lease will hardly read a request. */
const FROZEN_MS = 2_000;

/** The first signal asks once more. The second ends the supervisor without its runs, which are stopped below. */
export const GRACE_MS = { interrupt: 0, int: 10_000, term: 5_000 };

async function endsWithin({ clock }: Bridge, process: ProcessIdentity, ms: number): Promise<boolean> {
  const decided = new AbortController();
  void clock.sleep(ms, decided.signal).then(() => decided.abort());
  await watchProcess(process, clock, decided.signal);
  decided.abort();
  return !(await isAlive(process));
}

/** Stops runs without a supervisor. Where a service manager has already started the next one, they are its runs. */
async function endRunsOfNobody(bridge: Bridge): Promise<StoppedRun[]> {
  if (isLiving(await supervisorState(bridge))) return [];
  const ended: StoppedRun[] = [];
  for (const run of await unfinishedRuns(bridge)) {
    const root = await processOf(run);
    if (root) ended.push({ run, ...(await endRun(bridge, run, root)) });
  }
  return ended;
}

async function processOf({ id, pid, pidStartedAt }: Run): Promise<ProcessIdentity | undefined> {
  const recorded = pid !== null && pidStartedAt !== null ? { pid, startedAt: pidStartedAt } : undefined;
  if (recorded && (await isAlive(recorded))) return recorded;
  // Its supervisor died before it recorded the process, or only descendants of the process are left.
  const [marked] = await findMarked(RUN_MARK, id);
  return marked;
}

async function endRun({ clock }: Bridge, run: Run, root: ProcessIdentity): Promise<Omit<StoppedRun, 'run'>> {
  const tree = await processTree(root);
  const by = await stopChild(
    { identity: root },
    { graceMs: { interrupt: 0, int: 5_000, term: 5_000 }, clock },
  );
  const mark = { name: RUN_MARK, value: run.id };
  return { by, leftovers: await sweep({ root, mark, processTree: tree, graceMs: 2_000, clock }) };
}
