import * as z from 'zod';
import { time } from './scalars.ts';

/** A usage window of the account, as the service last reported it. */
export const usageWindowSchema = z
  .strictObject({
    window: z.string().describe("the service's name for it: `five_hour`, `seven_day`, …"),
    utilization: z.number().nullable().describe('the share that is used, from 0 to 1; null: not reported'),
    status: z.string().describe("the service's word"),
    resets_at: time().nullable(),
    seen_at: time().describe('when the service reported it'),
  })
  .describe('A usage window of the account, as the service last reported it.');

export type WireUsageWindow = z.output<typeof usageWindowSchema>;
