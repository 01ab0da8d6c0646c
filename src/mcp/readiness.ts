/** Whether queued work will be taken up: is there a supervisor, and does anything hold new runs back. */
import type { Hold } from '../project/hold.ts';
import type { OpenBridge } from './open-bridge.ts';

export interface Readiness {
  readonly supervisor: 'running' | 'stopping' | 'not running';
  readonly holds: readonly Hold[];
}

export async function readiness({ bridge, verbs }: OpenBridge): Promise<Readiness> {
  const lease = await verbs.currentLease(bridge);
  const held = lease !== undefined && verbs.isInForce(lease, bridge.clock.now());
  const stopping = held && lease.stopRequestedAt !== null;
  return {
    supervisor: stopping ? 'stopping' : held ? 'running' : 'not running',
    holds: await verbs.currentHolds(bridge),
  };
}
