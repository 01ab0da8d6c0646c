/** Whether queued work will be taken up: is there a supervisor, and does anything hold new runs back. */
import type { SupervisorState } from '../control/supervisor-state.ts';
import type { Hold } from '../project/hold.ts';
import type { OpenBridge } from './open-bridge.ts';

export interface Readiness {
  readonly supervisor: SupervisorState['state'];
  readonly holds: readonly Hold[];
}

export async function readiness({ bridge, verbs }: OpenBridge): Promise<Readiness> {
  const { state } = await verbs.supervisorState(bridge);
  return { supervisor: state, holds: await verbs.currentHolds(bridge) };
}
