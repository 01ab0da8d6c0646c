import * as z from 'zod';
import { type DurationLimits, parseDuration } from '../duration.ts';

/** Reads the text of a setting, such as `45m`, as milliseconds; what is no duration within the limits is an issue. */
export function within(limits: DurationLimits): (text: string, context: z.RefinementCtx) => number {
  return (text, context) => {
    const duration = parseDuration(text, limits);
    if (duration !== undefined) return duration;
    context.addIssue('not a duration');
    return z.NEVER;
  };
}
