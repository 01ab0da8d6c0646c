/** One supervisor per state folder: takes the lease, renews it, and stops trusting itself before the lease ends. */
import { randomUUID } from 'node:crypto';
import type { Bridge } from '../bridge/bridge.ts';
import { LEASE_MS, LeaseLost, renewLease, takeLease } from '../bridge/lease.ts';
import type { Clock } from '../clock.ts';
import { identify, isAlive } from '../machine/identity.ts';

export type LeaseAttempt =
  | { readonly taken: true; readonly token: string }
  | { readonly taken: false; readonly pid: number };

export async function acquireLease(bridge: Bridge, version: string): Promise<LeaseAttempt> {
  const self = await identify(process.pid);
  if (!self) throw new Error('the start time of this process cannot be read');
  const token = randomUUID();
  const candidate = { token, pid: self.pid, pidStartedAt: self.startedAt, version };
  const attempt = await takeLease(
    bridge,
    candidate,
    async (holder) => !(await isAlive({ pid: holder.pid, startedAt: holder.pidStartedAt })),
  );
  return attempt.taken ? { taken: true, token } : { taken: false, pid: attempt.holder.pid };
}

const RENEW_EVERY_MS = LEASE_MS / 3;

/**
 * Renews the lease until `signal` aborts. Throws LeaseLost when another supervisor has it, or when this process was
 * asleep for longer than its lease and so cannot know.
 */
export async function keepLease(
  bridge: Bridge,
  token: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  let renewed = clock.monotonic();
  while (!signal.aborted) {
    await clock.sleep(RENEW_EVERY_MS, signal);
    if (signal.aborted) return;
    const unseen = clock.monotonic() - renewed;
    if (unseen > LEASE_MS)
      throw new LeaseLost(`this supervisor stood still for ${Math.round(unseen / 1000)} s`);
    await renewLease(bridge, token);
    renewed = clock.monotonic();
  }
}
