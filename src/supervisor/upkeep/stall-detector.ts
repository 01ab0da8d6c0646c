/** How long an event loop has stood still, as seen by somebody who may stand still too. Pure. */

export interface Seen {
  /** What the loop had counted up to. */
  readonly pulse: number;
  /** When it was looked at, in monotonic milliseconds. */
  readonly at: number;
  readonly stillMs: number;
}

/**
 * What a look at `now` adds to the last one. Looks are meant to be `everyMs` apart: when this one comes late, as after
 * a machine was suspended, the whole process stood still, and that time is nobody's fault.
 */
export function lookAgain(last: Seen, pulse: number, now: number, everyMs: number): Seen {
  const passedMs = Math.min(now - last.at, 2 * everyMs);
  return { pulse, at: now, stillMs: pulse === last.pulse ? last.stillMs + passedMs : 0 };
}
