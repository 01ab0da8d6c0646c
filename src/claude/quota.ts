import type { Quota } from '../project/quota.ts';
import type { RateLimit } from './stream.ts';

/** The usage windows a rate-limit event speaks of: all of them in newer versions, the one that matters in older ones. */
export function readQuotas(info: RateLimit, now: Date): Quota[] {
  // A window that the account does not have is left out, or null: there are accounts without a five-hour one.
  const windows = Object.entries(info.unifiedWindows ?? {}).flatMap(([name, window]) =>
    window ? [[name, window] as const] : [],
  );
  if (windows.length === 0 && info.rateLimitType !== undefined) windows.push([info.rateLimitType, info]);
  return windows.map(([window, { utilization, resetsAt, status }]) => ({
    window,
    utilization: utilization ?? null,
    status: status ?? info.status,
    resetsAt: resetsAt === undefined ? null : new Date(resetsAt * 1000).toISOString(),
    seenAt: now.toISOString(),
  }));
}
