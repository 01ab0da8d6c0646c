/**
 * Durations as people write them, in the configuration, in plans and on the command line: `500ms`, `90s`, `45m`, `2h`,
 * `3d`, also `1.5h` and `2 h`. One grammar; the limits are the caller's.
 */
import ms, { type StringValue } from 'ms';

/** In milliseconds, inclusive. Without `max` the limit is ten years, which timers and dates still accept. */
export interface DurationLimits {
  readonly min?: number;
  readonly max?: number;
}

const MAX_DURATION_MS = 3_652 * 24 * 3_600_000;

const DURATION = /^\d+(\.\d+)? ?(ms|s|m|h|d)$/;

/** Whole milliseconds; undefined for a text that is no duration or exceeds the limits. */
export function parseDuration(text: string, limits: DurationLimits = {}): number | undefined {
  if (!DURATION.test(text)) return undefined;
  const duration = Math.round(ms(text as StringValue));
  const isAllowed = duration >= (limits.min ?? 0) && duration <= (limits.max ?? MAX_DURATION_MS);
  return isAllowed ? duration : undefined;
}

/** What is allowed, as words after "must be": `a duration of at least 10s, such as '30s', '10m' or '2h'`. */
export function durationRule({ min, max }: DurationLimits = {}): string {
  return `a duration${rangeOf(min, max)} such as '30s', '10m' or '2h'`;
}

function rangeOf(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return ` from ${ms(min)} to ${ms(max)},`;
  if (min !== undefined) return ` of at least ${ms(min)},`;
  return max === undefined ? '' : ` of at most ${ms(max)},`;
}
