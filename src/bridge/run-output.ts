/** What the store says about files that runs have left, and what was done with them. */

import type { RunId } from '../project/ids.ts';
import { isClosed } from '../project/project.ts';
import { appendGlobalEvent } from '../store/events.ts';
import { endedRuns } from '../store/runs.ts';
import type { Bridge } from './bridge.ts';
import { type HeldLease, writeHolding } from './lease.ts';
import { databaseOf } from './open-bridge.ts';

/** A run that has ended, as retention sees it. */
export interface FinishedRun {
  readonly id: RunId;
  readonly endedAt: string;
  /** Nobody goes on with its project: it is complete or was cancelled. */
  readonly closed: boolean;
}

/** Those of these runs that have ended, in the order of their end. A run that the store does not know is left out. */
export async function finishedRuns(bridge: Bridge, ids: readonly RunId[]): Promise<FinishedRun[]> {
  const rows = await endedRuns(databaseOf(bridge).read, bridge.machineId, ids);
  return rows.map(({ id, endedAt, status }) => ({ id, endedAt, closed: isClosed(status) }));
}

interface Removal {
  readonly runs: number;
  readonly files: number;
  readonly mb: number;
}

/** Records that output of runs was removed; the runs themselves stay in the history. */
export async function recordRemoval(lease: HeldLease, removal: Removal): Promise<void> {
  await writeHolding(lease, async ({ trx, now }) => {
    await appendGlobalEvent(trx, { type: 'runs.output_removed', data: removal }, 'supervisor', now);
  });
}
