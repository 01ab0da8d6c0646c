/** When work goes on after a usage limit. */

/** People saw limits persist some seconds after their stated reset; and everyone who waits must not come at once. */
const MAX_JITTER_MS = 30_000;

/** For a limit that was met after its reset: this machine's clock is ahead, or the limit has outlasted it. */
const MIN_WAIT_MS = 60_000;

export interface Limit {
  readonly resetsAt: Date;
  /** When the run that met the limit was started. */
  readonly metBy: Date;
}

/**
 * Some moments after `resetsAt`, and, when the owner has set `notBefore` (`HH:MM`, local time), not before that time
 * of the same day. The jitter is at most a twentieth of the wait. A reset that came while the run was under way is over:
 * work goes on at once. `random` is in [0, 1).
 */
export function resumeTime(
  { resetsAt, metBy }: Limit,
  now: Date,
  random: number,
  notBefore: string | null,
): Date {
  const statedMs = resetsAt.getTime() - now.getTime();
  const wait = statedMs > 0 || resetsAt > metBy ? Math.max(statedMs, 0) : MIN_WAIT_MS;
  const jitter = Math.min(wait / 20, MAX_JITTER_MS) * random;
  const time = new Date(now.getTime() + wait + jitter);
  const [hours, minutes] = (notBefore ?? '').split(':').map(Number);
  if (hours === undefined || minutes === undefined || Number.isNaN(hours)) return time;
  // Set on the local calendar, so that a day of 23 or 25 hours is right too.
  const at = new Date(time);
  at.setHours(hours, minutes, 0, 0);
  return at > time ? at : time;
}
