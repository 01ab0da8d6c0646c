/** Moments and durations, in the words of the page. */

import { durationText } from '../../../page/duration-text.ts';
import { clockTime, dateAndTime } from '../../terminal/time.ts';

/** `just now`, `8 min ago`. @param now Of the server, in milliseconds since 1970. */
export function agoText(time: string, now: number): string {
  const passed = now - Date.parse(time);
  return passed < 5_000 ? 'just now' : `${durationText(passed)} ago`;
}

/** The time of day; with the day, where that is not today. */
export function atText(time: string, now: number): string {
  const isToday = dateAndTime(time).slice(0, 10) === dateAndTime(new Date(now).toISOString()).slice(0, 10);
  return isToday ? clockTime(time).slice(0, 5) : dateAndTime(time);
}

/** `until 07:20 (24 min)`. */
export function untilText(time: string, now: number): string {
  const left = Date.parse(time) - now;
  return `${atText(time, now)} (${left <= 0 ? 'now' : durationText(left)})`;
}
