/** One supervisor per state folder: takes the lease, renews it, and stops trusting itself before the lease ends. */

import { randomUUID } from 'node:crypto';
import type { Bridge } from '../bridge/bridge.ts';
import { type HeldLease, LEASE_MS, renewLease, takeLease } from '../bridge/lease.ts';
import { identify, isAlive } from '../machine/identity.ts';
import { asLeaseToken } from '../project/ids.ts';
import type { Context } from './context.ts';
import { retryTransient } from './transient.ts';

export type LeaseAttempt =
  | { readonly taken: true; readonly lease: HeldLease }
  | { readonly taken: false; readonly pid: number };

export async function acquireLease(bridge: Bridge, version: string): Promise<LeaseAttempt> {
  const self = await identify(process.pid);
  if (!self) throw new Error('the start time of this process cannot be read');
  const token = asLeaseToken(randomUUID());
  const candidate = { token, pid: self.pid, pidStartedAt: self.startedAt, version };
  const attempt = await takeLease(
    bridge,
    candidate,
    async (holder) => !(await isAlive({ pid: holder.pid, startedAt: holder.pidStartedAt })),
  );
  return attempt.taken ? attempt : { taken: false, pid: attempt.holder.pid };
}

const RENEW_EVERY_MS = LEASE_MS / 3;

/**
 * Renews the lease until `signal` aborts. Throws LeaseLost when another supervisor has it. After passing trouble, or when
 * this process stood still, the renewal itself tells: it succeeds only while nobody else has taken the lease.
 */
export async function keepLease(context: Context, signal: AbortSignal): Promise<void> {
  const { clock, lease } = context;
  while (!signal.aborted) {
    await clock.sleep(RENEW_EVERY_MS, signal);
    if (signal.aborted) return;
    await retryTransient(context, () => renewLease(lease, context.degradedReason()));
  }
}
