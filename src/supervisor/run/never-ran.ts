import type { Ending } from '../../bridge/ended-run.ts';
import { EMPTY_LIVE_STATE, type RunCost } from '../../project/run.ts';

/** How a run ends that never had a process. */
export function neverRan(cost: RunCost = { usd: 0, basis: 'reported' }): Ending {
  return {
    cost,
    live: EMPTY_LIVE_STATE,
    random: Math.random(),
    fingerprint: null,
    resumeNotBefore: null,
    configuredModel: null,
  };
}
