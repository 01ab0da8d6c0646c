/** The kinds of value that keys of the configuration take. */
import { isAbsolute } from 'node:path';
import cron from 'node-cron';
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

export const cronExpression = z
  .string()
  .refine((text) => cron.validate(text), "must be a cron expression such as '* 9-17 * * 1-5'");

/** Between two times of something that is done again and again. */
export const interval = duration({ min: 10_000 });

/** A longer wait would hold a place among the runs, and the answer of a model in its cache is gone by then anyway. */
export const askWait = duration({ max: 10 * 60_000 });

export const program = z
  .string()
  .min(1)
  .transform(expandHome)
  .refine(
    (text) => isAbsolute(text) || !/[\\/]/.test(text),
    'must be an absolute path, or a name to be found on PATH',
  );
