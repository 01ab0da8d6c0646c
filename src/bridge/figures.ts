/** What the whole is counted by, for whoever asks often: no project and no run is read. */
import type { Hold } from '../project/hold.ts';
import { PROJECT_STATUSES, type ProjectStatus } from '../project/project.ts';
import type { Reader } from '../store/database.ts';
import { allHolds } from '../store/holds.ts';
import { countByStatus } from '../store/projects.ts';
import { countAllUndecided } from '../store/requests.ts';
import { countOpenRuns } from '../store/runs.ts';
import type { Bridge } from './bridge.ts';
import { currentLease, type Lease } from './lease.ts';
import { databaseOf } from './open-bridge.ts';

export interface Figures {
  /** Of every status. */
  readonly projects: Readonly<Record<ProjectStatus, number>>;
  /** Runs that have not ended. */
  readonly openRuns: number;
  /** What Claude has asked and nobody has decided. */
  readonly undecided: number;
  readonly holds: readonly Hold[];
  readonly lease: Lease | undefined;
}

export async function figures(bridge: Bridge): Promise<Figures> {
  const db = databaseOf(bridge).read;
  return {
    projects: await countsOfStatuses(db),
    openRuns: await countOpenRuns(db),
    undecided: await countAllUndecided(db),
    holds: await allHolds(db),
    lease: await currentLease(bridge),
  };
}

/** How many projects have each status; 0 where none has. */
export async function countsOfStatuses(db: Reader): Promise<Record<ProjectStatus, number>> {
  const none = Object.fromEntries(PROJECT_STATUSES.map((status) => [status, 0]));
  return { ...(none as Record<ProjectStatus, number>), ...(await countByStatus(db)) };
}
