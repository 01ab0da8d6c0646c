/** The kinds of value that several keys of the configuration take. */
import { isAbsolute } from 'node:path';
import * as z from 'zod';
import { type DurationLimits, durationRule, parseDuration } from './duration.ts';
import { expandHome } from './home-path.ts';

export function duration(limits: DurationLimits = {}) {
  return z.string().transform((text, context) => {
    const duration = parseDuration(text, limits);
    if (duration !== undefined) return duration;
    context.addIssue(`must be ${durationRule(limits)}`);
    return z.NEVER;
  });
}

/** After which something is ended: with less, nothing would ever get done. */
export const timeLimit = duration({ min: 1_000 });

/** Absolute: the supervisor runs in the state folder, where a relative path would mean another place. */
export const path = z.string().min(1).transform(expandHome).refine(isAbsolute, 'must be an absolute path');
