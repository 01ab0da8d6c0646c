/** Time in the browser: the only file of the page that touches it. Moments are told by the clock of the server. */
import { signal } from '@preact/signals';

/** By how much the clock of the server is ahead of this device's, in milliseconds. */
let aheadMs = 0;

/** Rises every few seconds, so that what says "3 min ago" stays true. */
export const now = signal(Date.now());

const TICK_MS = 5_000;

/** Learns what time it is from an answer of the server. A header `Date` is right to the second. */
export function learnTime(date: string | null): void {
  const told = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(told)) return;
  const ahead = told - Date.now();
  // The header is cut to the second, and takes its way: less than this is no difference.
  aheadMs = Math.abs(ahead) < 2_000 ? 0 : ahead;
}

/** The time of the server, in milliseconds since 1970. */
export function serverTime(): number {
  return Date.now() + aheadMs;
}

/** Keeps `now` true. Returns what ends it. */
export function startTicking(): () => void {
  const tick = () => {
    now.value = serverTime();
  };
  tick();
  return every(TICK_MS, tick);
}

/** Calls it after so long. Returns what calls it off. */
export function after(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}

export function every(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms);
  return () => clearInterval(timer);
}
