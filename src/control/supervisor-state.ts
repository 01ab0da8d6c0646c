/**
 * Whether a supervisor works on a state folder: its lease, checked against the process that the lease names. The
 * command line, the doctor, the tools and an installation all ask here.
 */
import type { Bridge } from '../bridge/bridge.ts';
import { currentLease, isInForce, type Lease } from '../bridge/lease.ts';
import { isAlive, type ProcessIdentity } from '../machine/identity.ts';

export type SupervisorState = { readonly state: 'not_running' } | Holder<HolderState>;

interface Holder<State extends HolderState> {
  readonly state: State;
  readonly lease: Lease;
}

type HolderState =
  | 'running'
  | 'stopping' // it was asked to stop, and waits for its runs
  | 'not_responding' // its process lives but does not renew its lease: it neither claims nor writes
  | 'gone'; // it ended without releasing its lease

/** Reads the lease and looks for its process. Throws StoreError. */
export async function supervisorState(bridge: Bridge): Promise<SupervisorState> {
  return supervisorOf(await currentLease(bridge), bridge.clock.now());
}

/** The same for a lease that was already read; undefined when there is none. */
export async function supervisorOf(lease: Lease | undefined, now: Date): Promise<SupervisorState> {
  return lease ? { state: await stateOf(lease, now), lease } : { state: 'not_running' };
}

/** Whether its process lives, working or not. */
export function isLiving(supervisor: SupervisorState): supervisor is Holder<Exclude<HolderState, 'gone'>> {
  return supervisor.state !== 'not_running' && supervisor.state !== 'gone';
}

/** Whether it claims and writes. */
export function isWorking(supervisor: SupervisorState): supervisor is Holder<'running' | 'stopping'> {
  return supervisor.state === 'running' || supervisor.state === 'stopping';
}

/** Why no other supervisor can start, and what to do; null when one can. */
export function startBlocker(supervisor: SupervisorState): string | null {
  if (supervisor.state === 'stopping')
    return `the supervisor (pid ${supervisor.lease.pid}) is stopping. Start again when it has ended.`;
  if (supervisor.state === 'not_responding')
    return `a supervisor (pid ${supervisor.lease.pid}) is alive but does not respond. Restart it: bridge-supervisor restart`;
  return null;
}

/** The process that holds a lease. */
export function holderOf(lease: Lease): ProcessIdentity {
  return { pid: lease.pid, startedAt: lease.pidStartedAt };
}

async function stateOf(lease: Lease, now: Date): Promise<HolderState> {
  if (!(await isAlive(holderOf(lease)))) return 'gone';
  if (!isInForce(lease, now)) return 'not_responding';
  return lease.stopRequestedAt === null ? 'running' : 'stopping';
}
