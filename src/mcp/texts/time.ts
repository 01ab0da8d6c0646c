import { withoutHidden } from '../../characters.ts';

/** A time in UTC, to the second, such as `2026-11-30 08:15:00`. One that was imported was checked by nobody. */
export function shownTime(timestamp: string): string {
  return withoutHidden(timestamp.slice(0, 19)).replace('T', ' ');
}
