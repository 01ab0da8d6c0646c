/** Whether queued work will be taken up: is there a supervisor, and does anything hold new runs back. */
import type { SupervisorState } from '../control/supervisor-state.ts';
import type { Hold } from '../project/hold.ts';
import type { Verbs } from './verbs.ts';

export interface Readiness {
  readonly supervisor: SupervisorState['state'];
  readonly holds: readonly Hold[];
}

export async function readiness(verbs: Verbs): Promise<Readiness> {
  const { state } = await verbs.supervisorState();
  return { supervisor: state, holds: await verbs.currentHolds() };
}
