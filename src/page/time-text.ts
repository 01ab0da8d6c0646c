/** Moments and durations as a person reads them, in the person's own time zone. */
import { now } from './browser-clock.ts';
import { durationText } from './duration-text.ts';

const SECOND_MS = 1_000;

/** `just now`, `8 min ago`: of what has happened, also where a clock is a little behind. */
export function agoText(time: string): string {
  const passed = now.value - Date.parse(time);
  return passed < 5 * SECOND_MS ? 'just now' : `${durationText(passed)} ago`;
}

/** The time of day; with the day, where that is not today. */
export function clockText(time: string): string {
  const date = new Date(Date.parse(time));
  const clock = date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  const today = new Date(now.value).toDateString();
  if (date.toDateString() === today) return clock;
  return `${date.toLocaleDateString(undefined, { weekday: 'short', day: 'numeric', month: 'short' })}, ${clock}`;
}

/** A date of the calendar, such as `2026-03-29`: the same day wherever it is read. */
export function dateText(date: string): string {
  const day = { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' } as const;
  return new Date(`${date}T00:00:00Z`).toLocaleDateString(undefined, day);
}

/** What is left until then. */
export function untilText(time: string): string {
  const left = Date.parse(time) - now.value;
  return left <= 0 ? 'now' : durationText(left);
}
