import type { Ending } from '../bridge/runs.ts';
import { EMPTY_LIVE_STATE } from '../project/run.ts';

/** How a run ends that never had a process. */
export function neverRan(): Ending {
  return {
    costUsd: 0,
    live: EMPTY_LIVE_STATE,
    random: Math.random(),
    fingerprint: null,
    resumeNotBefore: null,
  };
}
