/** How long something takes, as a person reads it. Pure. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `41 s`, `8 min`, `2 h 5 min`, `3 d`. */
export function durationText(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < MINUTE_MS) return `${Math.round(whole / SECOND_MS)} s`;
  if (whole < HOUR_MS) return `${Math.floor(whole / MINUTE_MS)} min`;
  if (whole < DAY_MS) {
    const minutes = Math.floor((whole % HOUR_MS) / MINUTE_MS);
    return `${Math.floor(whole / HOUR_MS)} h${minutes > 0 ? ` ${minutes} min` : ''}`;
  }
  return `${Math.floor(whole / DAY_MS)} d`;
}
