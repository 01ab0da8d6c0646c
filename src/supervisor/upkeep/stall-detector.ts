/** Measures how long an event loop has been blocked, for an observer that may be suspended too. Pure. */

export interface Sample {
  /** The count of the loop. */
  readonly pulse: number;
  /** When the sample was taken, in monotonic milliseconds. */
  readonly at: number;
  readonly stillMs: number;
}

/**
 * The sample taken at `now`. Samples should be `everyMs` apart. A late one, such as after the machine was suspended,
 * shows that the whole process was suspended: that time does not count.
 */
export function observe(last: Sample, pulse: number, now: number, everyMs: number): Sample {
  const passedMs = Math.min(now - last.at, 2 * everyMs);
  return { pulse, at: now, stillMs: pulse === last.pulse ? last.stillMs + passedMs : 0 };
}
