/** When a plan that has not begun is no longer wanted. */
import type { Project } from './project.ts';

/** The time by which a plan must have begun, as ISO text; null: it waits for ever. */
export function expiryOf(sentAt: string, expiresMs: number | null): string | null {
  return expiresMs === null ? null : new Date(Date.parse(sentAt) + expiresMs).toISOString();
}

/** Whether the time has passed for a plan that has not begun. What has begun does not expire. */
export function hasExpired(
  { status, expiresAt }: Pick<Project, 'status' | 'expiresAt'>,
  now: string,
): boolean {
  return status === 'pending' && expiresAt !== null && expiresAt <= now;
}
