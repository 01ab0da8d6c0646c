/**
 * When a schedule is due: a cron expression of five fields, read in a time zone. croner computes the moments. A local time
 * that a change of the clocks leaves out is due right after it, one that it repeats is due once.
 */
import { Cron } from 'croner';

export interface Timetable {
  /** Minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** By its IANA name. */
  readonly timezone: string;
}

export const DEFAULT_CATCH_UP_MS = 24 * 3_600_000;
export const DEFAULT_MIN_INTERVAL_MS = 3_600_000;

/** Whether a text is a cron expression of five fields that has a moment at all. */
export function isCron(text: string): boolean {
  if (!/^\S+( \S+){4}$/.test(text)) return false;
  try {
    return new Cron(text, { mode: '5-part', paused: true, timezone: 'UTC' }).nextRun() !== null;
  } catch {
    return false;
  }
}

export function isTimezone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The time zone of this machine. */
export function localTimezone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/**
 * Whether a timetable that was kept can still be read: another version of croner, or a system that knows other time zones, may
 * not. croner itself takes any word as a time zone (seen in 11.0.1).
 */
export function isReadable({ cron, timezone }: Timetable): boolean {
  return isCron(cron) && isTimezone(timezone);
}

/** The first slot after `after`; undefined when there is none any more. Throws for a timetable that cannot be read. */
export function nextSlot({ cron, timezone }: Timetable, after: Date): Date | undefined {
  return new Cron(cron, { mode: '5-part', paused: true, timezone }).nextRun(after) ?? undefined;
}

/** The newest slot after `after`, and not after `until`; undefined when there is none. */
export function newestSlot(timetable: Timetable, after: Date, until: Date): Date | undefined {
  let newest: Date | undefined;
  let slot = nextSlot(timetable, nearestBefore(timetable, after, until));
  while (slot && slot <= until) {
    newest = slot;
    slot = nextSlot(timetable, slot);
  }
  return newest;
}

/**
 * A time before the newest slot and not far from it, or `after` when there is none: a month of a slot each minute takes seconds
 * to step through.
 */
function nearestBefore(timetable: Timetable, after: Date, until: Date): Date {
  for (let backMs = 60_000; ; backMs *= 4) {
    const from = new Date(until.getTime() - backMs);
    if (from <= after) return after;
    const slot = nextSlot(timetable, from);
    if (slot && slot <= until) return from;
  }
}

/**
 * The slot that is to be taken up now. Of those that were missed it is the newest, if it is no older than `catchUpMs`; one
 * is never taken up twice, whatever the clock does.
 *
 * @param last The newest slot that was taken up or passed over, or when the schedule was sent.
 */
export function slotDue(timetable: Timetable, last: Date, now: Date, catchUpMs: number): Date | undefined {
  const oldest = new Date(now.getTime() - catchUpMs - 1);
  return newestSlot(timetable, last > oldest ? last : oldest, now);
}

/**
 * The time after which slots count: the newest one that was taken up or passed over, or when the schedule was sent. A clock
 * that was ahead has passed over some that are still to come: then it is now.
 */
export function countsFrom(schedule: Counted, now: Date): Date {
  const last = new Date(schedule.lastSlot);
  // Before that the clock cannot be right.
  if (now < new Date(schedule.createdAt)) return last;
  const next = nextSlot(schedule, now);
  return next && next < last ? now : last;
}

type Counted = Timetable & { readonly lastSlot: string; readonly createdAt: string };

/** The slot that comes next; undefined when there is none any more, or the timetable cannot be read. */
export function slotAfter(schedule: Counted, now: Date): Date | undefined {
  if (!isReadable(schedule)) return undefined;
  const from = countsFrom(schedule, now);
  return nextSlot(schedule, from > now ? from : now);
}

/** How close two slots in a row come within the next ones; infinite when there are not two. */
export function shortestIntervalMs(timetable: Timetable, from: Date): number {
  let shortest = Number.POSITIVE_INFINITY;
  let slot = nextSlot(timetable, from);
  for (let n = 0; slot && n < SLOTS_COMPARED; n += 1) {
    const following = nextSlot(timetable, slot);
    if (!following) break;
    shortest = Math.min(shortest, following.getTime() - slot.getTime());
    slot = following;
  }
  return shortest;
}

/** A year of a slot each day, and more than two weeks of a slot each hour. */
const SLOTS_COMPARED = 400;
