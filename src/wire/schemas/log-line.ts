import * as z from 'zod';
import { time } from './scalars.ts';

/** One line of loop.log. A line of another form has its whole text as `message`. */
export const logLineSchema = z
  .object({
    time: time().optional(),
    level: z.enum(['error', 'warn', 'info', 'debug']).optional(),
    event: z.string().optional().describe('such as `run.started`'),
    message: z.string().optional(),
  })
  .catchall(z.string())
  .describe(
    'One line of loop.log; a line of another form has its whole text as `message`. Further fields are texts.',
  );

export type WireLogLine = z.output<typeof logLineSchema>;

/** One line that the service manager kept. */
export const serviceLogLineSchema = z
  .strictObject({ text: z.string() })
  .describe('One line that the service printed.');

export type WireServiceLogLine = z.output<typeof serviceLogLineSchema>;
