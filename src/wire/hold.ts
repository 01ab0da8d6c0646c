import type { Hold } from '../project/hold.ts';
import type { Quota } from '../project/quota.ts';
import type { WireHold } from './schemas/hold.ts';
import type { WireUsageWindow } from './schemas/usage-window.ts';

export function toWireHold({ kind, scope, reason, since, until, source }: Hold): WireHold {
  return { kind, scope, reason, since, until, source };
}

export function toWireUsageWindow({ window, utilization, status, resetsAt, seenAt }: Quota): WireUsageWindow {
  return { window, utilization, status, resets_at: resetsAt, seen_at: seenAt };
}
