/** Acquires and renews the lease that allows one supervisor per state folder. */

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

/** Takes the lease for this process, unless its holder is alive. Throws StoreError. */
export async function acquireLease(bridge: Bridge, version: string): Promise<LeaseAttempt> {
  const self = await identify(process.pid);
  if (!self) throw new Error('cannot read the start time of this process');
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
 * Renews the lease until `signal` aborts. Throws LeaseLost when another supervisor took it. After a transient error or
 * a suspended process, the renewal itself shows who holds it: it succeeds only if nobody else took the lease.
 */
export async function keepLease(context: Context, signal: AbortSignal): Promise<void> {
  const { clock, lease } = context;
  while (!signal.aborted) {
    await clock.sleep(RENEW_EVERY_MS, signal);
    if (signal.aborted) return;
    await retryTransient(context, () =>
      renewLease(lease, context.degradedReason() ?? context.http?.trouble()),
    );
  }
}
