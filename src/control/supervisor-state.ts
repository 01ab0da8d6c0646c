/** Whether a supervisor works here: what its lease says, checked against the process it names. */
import type { Bridge } from '../bridge/bridge.ts';
import { currentLease, isInForce, type Lease } from '../bridge/lease.ts';
import { isAlive, type ProcessIdentity } from '../machine/identity.ts';

export type Supervisor =
  | { readonly state: 'not_running' }
  | { readonly state: SupervisorState; readonly lease: Lease };

type SupervisorState =
  | 'running'
  | 'stopping' // it was asked to, and lets its runs come to an end
  | 'not_responding' // its process lives, and does not renew its lease: it can neither claim nor write
  | 'gone'; // it ended without giving up its lease

export async function supervisorState(bridge: Bridge, lease?: Lease): Promise<Supervisor> {
  const held = lease ?? (await currentLease(bridge));
  if (!held) return { state: 'not_running' };
  return { state: await stateOf(held, bridge.clock.now()), lease: held };
}

/** It takes plans and works on them. */
export function isWorking(supervisor: Supervisor): boolean {
  return supervisor.state === 'running' || supervisor.state === 'stopping';
}

/** Why none can be started beside it, and what to do; null when one can. */
export function hindranceOf(supervisor: Supervisor): string | null {
  if (supervisor.state === 'stopping')
    return `the supervisor (pid ${supervisor.lease.pid}) is stopping. Start again when it has ended.`;
  if (supervisor.state === 'not_responding')
    return `a supervisor (pid ${supervisor.lease.pid}) lives but does not respond. End it and start anew with: bridge-supervisor restart`;
  return null;
}

export function holderOf(lease: Lease): ProcessIdentity {
  return { pid: lease.pid, startedAt: lease.pidStartedAt };
}

async function stateOf(lease: Lease, now: Date): Promise<SupervisorState> {
  if (!(await isAlive(holderOf(lease)))) return 'gone';
  if (!isInForce(lease, now)) return 'not_responding';
  return lease.stopRequestedAt === null ? 'running' : 'stopping';
}
