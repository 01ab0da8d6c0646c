import type { Quota } from '../project/quota.ts';
import type { RateLimitInfo } from './stream.ts';

/**
 * The usage windows that a rate-limit event reports: all of them in newer versions, the one that matters in older ones.
 */
export function readQuotas(info: RateLimitInfo, now: Date): Quota[] {
  // A window that the account does not have is missing or null: some accounts have no five-hour window.
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
