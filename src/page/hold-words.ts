/** Why no new run starts, in words. Pure. */
import type { WireHold } from '../wire/schemas/hold.ts';

export const HOLD_WORDS: Readonly<Record<WireHold['kind'], string>> = {
  paused: 'Paused',
  usage_limit: 'Usage limit',
  service_unavailable: 'The service does not answer',
  model_unavailable: 'The model is unknown to the service',
  not_logged_in: 'Claude Code is not logged in',
  billing: 'Billing',
  claude_missing: 'Claude Code was not found',
  claude_failing: 'Claude Code fails at its start',
  tools_missing: 'Claude Code starts without our tools',
  disk_low: 'Too little room on the disk',
  quiet_hours: 'Quiet hours',
  reserve: 'The share of the usage that is kept for you',
  budget: 'The budget is spent',
  sandbox_missing: 'The sandbox cannot be started',
  unreviewed: 'Enough results wait for you',
};

/** What only somebody at the machine can mend. */
export const TO_MEND: readonly WireHold['kind'][] = [
  'not_logged_in',
  'billing',
  'claude_missing',
  'claude_failing',
  'tools_missing',
  'disk_low',
  'sandbox_missing',
];

/** What ends a hold that no time ends. */
export const HOLD_ENDS: Partial<typeof HOLD_WORDS> = {
  paused: 'Until somebody ends it',
  unreviewed: 'Until you decide on one of them',
};
