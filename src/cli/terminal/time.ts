/** Times and amounts as a person reads them. */
import ms from 'ms';

/** `5m ago`, `just now`. */
export function ago(at: string, now: Date): string {
  const passed = now.getTime() - Date.parse(at);
  return passed < 1_000 ? 'just now' : `${ms(passed)} ago`;
}

/** How long it took, or has taken so far. */
export function lasted(from: string, to: string): string {
  return ms(Math.max(0, Date.parse(to) - Date.parse(from)));
}

/** A moment to come: `14:30 (in 2h)`; without its date when that is today. */
export function upcoming(at: string, now: Date): string {
  const left = Date.parse(at) - now.getTime();
  const clock = dateAndTime(at).startsWith(dateAndTime(now.toISOString()).slice(0, 10))
    ? timeOf(at)
    : dateAndTime(at);
  return left <= 0 ? `${clock} (due now)` : `${clock} (in ${ms(left)})`;
}

/** `2026-11-21 03:36`, in the person's time zone. */
export function dateAndTime(at: string): string {
  return new Date(at).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
}

/** `03:36:47`, in the person's time zone. */
export function clockTime(at: string): string {
  return new Date(at).toLocaleTimeString('sv-SE', { timeStyle: 'medium' });
}

function timeOf(at: string): string {
  return clockTime(at).slice(0, 5);
}

export function inTurns(count: number): string {
  return count === 1 ? '1 turn' : `${count} turns`;
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}
