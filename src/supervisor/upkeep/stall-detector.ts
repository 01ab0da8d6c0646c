/** How long an event loop has been blocked, as seen by an observer that may be suspended too. Pure. */

export interface Sample {
  /** What the loop had counted up to. */
  readonly pulse: number;
  /** When the sample was taken, in monotonic milliseconds. */
  readonly at: number;
  readonly stillMs: number;
}

/**
 * The sample taken at `now`. Samples are meant to be `everyMs` apart. One that comes late, as after a machine was
 * suspended, shows that the whole process stood still: that time does not count.
 */
export function observe(last: Sample, pulse: number, now: number, everyMs: number): Sample {
  const passedMs = Math.min(now - last.at, 2 * everyMs);
  return { pulse, at: now, stillMs: pulse === last.pulse ? last.stillMs + passedMs : 0 };
}
