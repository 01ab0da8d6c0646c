/** The supervisor's lease, and the check that every write of a supervisor begins with. */

import type { LeaseToken } from '../project/ids.ts';
import type { Reader, Writing } from '../store/database.ts';
import { appendGlobalEvent } from '../store/events.ts';
import {
  askHolderToStop,
  dropLease,
  extendLease,
  type Lease,
  readLease,
  replaceLease,
} from '../store/lease.ts';
import type { Bridge } from './bridge.ts';
import { databaseOf } from './open-bridge.ts';

export type { Lease };

/** How long a holder may trust itself without a renewal. */
export const LEASE_MS = 30_000;

/**
 * Whether its holder may still trust it. A clock that was set back makes an end later than any that could have been
 * written now: it counts for nothing, until the holder renews it. Small corrections of the clock are none.
 */
export function isInForce({ expiresAt }: Pick<Lease, 'expiresAt'>, now: Date): boolean {
  const left = Date.parse(expiresAt) - now.getTime();
  return left > 0 && left <= 2 * LEASE_MS;
}

/** Another supervisor has taken over: this one must write nothing more and end. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

export interface Candidate {
  readonly token: LeaseToken;
  readonly pid: number;
  readonly pidStartedAt: string;
  readonly version: string;
}

/** The right to write as the supervisor. Every verb of a supervisor takes it, and each of its transactions checks it. */
export interface HeldLease {
  readonly bridge: Bridge;
  readonly token: LeaseToken;
}

/**
 * Takes the lease when nobody holds it. `isGone` says whether the process of a present holder has ended; one that
 * lives keeps its lease until that expires. Returns the holder that stands in the way.
 */
export async function takeLease(
  bridge: Bridge,
  candidate: Candidate,
  isGone: (holder: Lease) => boolean | Promise<boolean>,
): Promise<{ taken: true; lease: HeldLease; before: Lease | undefined } | { taken: false; holder: Lease }> {
  for (;;) {
    const seen = await currentLease(bridge);
    // Asked before the transaction: to look at a process takes time, and a transaction may run more than once.
    if (seen && isInForce(seen, bridge.clock.now()) && !(await isGone(seen)))
      return { taken: false, holder: seen };
    const taken = await databaseOf(bridge).write(async ({ trx, now }) => {
      const holder = await readLease(trx, bridge.machineId);
      if (holder?.token !== seen?.token || holder?.expiresAt !== seen?.expiresAt) return false;
      await replaceLease(trx, bridge.machineId, {
        ...candidate,
        startedAt: now,
        renewedAt: now,
        expiresAt: new Date(Date.parse(now) + LEASE_MS).toISOString(),
        stopRequestedAt: null,
        degradedReason: null,
      });
      const data = { pid: candidate.pid, version: candidate.version };
      await appendGlobalEvent(trx, { type: 'supervisor.started', data }, 'supervisor', now);
      return true;
    });
    if (taken) return { taken: true, lease: { bridge, token: candidate.token }, before: seen };
  }
}

/** Extends the lease; `degradedReason` is what the holder cannot do, for whoever reads the status. Throws LeaseLost. */
export async function renewLease(
  { bridge, token }: HeldLease,
  degradedReason: string | null = null,
): Promise<void> {
  const now = bridge.clock.now();
  const expiresAt = new Date(now.getTime() + LEASE_MS).toISOString();
  const kept = await databaseOf(bridge).write(({ trx }) =>
    extendLease(trx, token, now.toISOString(), expiresAt, degradedReason),
  );
  if (!kept) throw lost();
}

export async function releaseLease(lease: HeldLease): Promise<void> {
  await writeHolding(lease, async ({ trx, now }) => {
    await appendGlobalEvent(trx, { type: 'supervisor.stopped', data: {} }, 'supervisor', now);
    await dropLease(trx, lease.token);
  });
}

/** Asks the holder, through the store, to stop: the only way that works on every system. */
export async function requestStop(bridge: Bridge): Promise<void> {
  await databaseOf(bridge).write(async ({ trx, now }) => {
    if (await askHolderToStop(trx, bridge.machineId, now))
      await appendGlobalEvent(trx, { type: 'supervisor.stop_requested', data: {} }, 'supervisor', now);
  });
}

/** The lease of the supervisor on this machine. */
export async function currentLease(bridge: Bridge): Promise<Lease | undefined> {
  return readLease(databaseOf(bridge).read, bridge.machineId);
}

/** Throws LeaseLost when the lease is someone else's now. */
export async function checkLease(lease: HeldLease): Promise<void> {
  await assertLease(databaseOf(lease.bridge).read, lease);
}

/** One transaction of a supervisor. Throws LeaseLost, writing nothing, when the lease is someone else's now. */
export async function writeHolding<T>(lease: HeldLease, work: (writing: Writing) => Promise<T>): Promise<T> {
  return databaseOf(lease.bridge).write(async (writing) => {
    await assertLease(writing.trx, lease);
    return work(writing);
  });
}

/** Throws LeaseLost when the lease is someone else's now. */
export async function assertLease(db: Reader, { bridge, token }: HeldLease): Promise<void> {
  const present = await readLease(db, bridge.machineId);
  if (present?.token !== token) throw lost();
}

function lost(): LeaseLost {
  return new LeaseLost('another supervisor has taken over this state folder');
}
