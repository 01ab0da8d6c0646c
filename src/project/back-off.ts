/** Back-off: how long a project waits before its next try. Pure. */

const MINUTE = 60_000;
const MAX_DELAY_MS = 15 * MINUTE;
const JITTER = 1 / 4;

/**
 * Back-off before the next try, in milliseconds: doubles with each try in a row, capped, with up to 25 % jitter so that
 * several projects that failed together do not come back together. `random` is in [0, 1).
 */
export function retryDelayMs(firstDelayMs: number, triesInARow: number, random: number): number {
  const delay = Math.min(firstDelayMs * 2 ** (triesInARow - 1), MAX_DELAY_MS);
  return Math.round(delay * (1 + random * JITTER));
}

/**
 * Between which times a back-off ends that is under way at `now` (all ISO 8601 UTC): after the first, at the latest at
 * the second. One that seems to end later than the longest one could was begun before the clock was set back, and is
 * over: it would last as long as the clock was set back by.
 */
export function backOffEnds(now: string): { readonly after: string; readonly latest: string } {
  const latest = Date.parse(now) + MAX_DELAY_MS * (1 + JITTER);
  return { after: now, latest: new Date(latest).toISOString() };
}

/** Until when a project waits that is to start no run before `notBefore`; undefined when it waits no longer. */
export function waitsUntil(notBefore: string | null, now: string): string | undefined {
  const { after, latest } = backOffEnds(now);
  return notBefore !== null && notBefore > after && notBefore <= latest ? notBefore : undefined;
}
