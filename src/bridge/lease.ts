/** The supervisor's lease, and the check that every write of a supervisor begins with. */

import type { Happening } from '../project/event.ts';
import type { LeaseToken } from '../project/ids.ts';
import type { Writer } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';
import {
  askHolderToStop,
  dropLease,
  extendLease,
  type Lease,
  readLease,
  replaceLease,
} from '../store/lease.ts';
import type { Bridge } from './bridge.ts';

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

/**
 * Takes the lease when nobody holds it. `isGone` says whether the process of a present holder has ended; one that
 * lives keeps its lease until that expires. Returns the holder that stands in the way.
 */
export async function takeLease(
  bridge: Bridge,
  candidate: Candidate,
  isGone: (holder: Lease) => boolean | Promise<boolean>,
): Promise<{ taken: true; before: Lease | undefined } | { taken: false; holder: Lease }> {
  for (;;) {
    const seen = await readLease(bridge.database.read);
    // Asked before the transaction: to look at a process takes time, and a transaction may run more than once.
    if (seen && isInForce(seen, bridge.clock.now()) && !(await isGone(seen)))
      return { taken: false, holder: seen };
    const taken = await bridge.database.write(async ({ trx, now }) => {
      const holder = await readLease(trx);
      if (holder?.token !== seen?.token || holder?.expiresAt !== seen?.expiresAt) return false;
      await replaceLease(trx, {
        ...candidate,
        startedAt: now,
        renewedAt: now,
        expiresAt: new Date(Date.parse(now) + LEASE_MS).toISOString(),
        stopRequestedAt: null,
        trouble: null,
      });
      const data = { pid: candidate.pid, version: candidate.version };
      await supervisorEvent(trx, { type: 'supervisor.started', data }, now);
      return true;
    });
    if (taken) return { taken: true, before: seen };
  }
}

/** Extends the lease; `trouble` is what the holder cannot do, for whoever reads the status. Throws LeaseLost. */
export async function renewLease(
  bridge: Bridge,
  token: LeaseToken,
  trouble: string | null = null,
): Promise<void> {
  const now = bridge.clock.now();
  const expiresAt = new Date(now.getTime() + LEASE_MS).toISOString();
  const kept = await bridge.database.write(({ trx }) =>
    extendLease(trx, token, now.toISOString(), expiresAt, trouble),
  );
  if (!kept) throw lost();
}

export async function releaseLease(bridge: Bridge, token: LeaseToken): Promise<void> {
  await bridge.database.write(async ({ trx, now }) => {
    await holdLease(trx, token);
    await supervisorEvent(trx, { type: 'supervisor.stopped', data: {} }, now);
    await dropLease(trx, token);
  });
}

/** Asks the holder, through the store, to stop: the only way that works on every system. */
export async function requestStop(bridge: Bridge): Promise<void> {
  await bridge.database.write(async ({ trx, now }) => {
    if (await askHolderToStop(trx, now))
      await supervisorEvent(trx, { type: 'supervisor.stop_requested', data: {} }, now);
  });
}

export async function currentLease(bridge: Bridge): Promise<Lease | undefined> {
  return readLease(bridge.database.read);
}

/** Throws LeaseLost when the lease is someone else's now. */
export async function checkLease(bridge: Bridge, token: LeaseToken): Promise<void> {
  if ((await readLease(bridge.database.read))?.token !== token) throw lost();
}

/** The first line of every supervisor's transaction: throws LeaseLost when the lease is someone else's now. */
export async function holdLease(trx: Writer, token: LeaseToken): Promise<void> {
  const lease = await readLease(trx);
  if (lease?.token !== token) throw lost();
}

function lost(): LeaseLost {
  return new LeaseLost('another supervisor has taken over this state folder');
}

async function supervisorEvent(trx: Writer, happening: Happening, createdAt: string): Promise<void> {
  await appendEvent(trx, { ...happening, projectId: null, runId: null, actor: 'supervisor', createdAt });
}
