import * as z from 'zod';
import { time } from './scalars.ts';

/** Whether the browser that calls is notified by Web Push. */
export const pushSchema = z
  .strictObject({
    configured: z.boolean().describe('whether a receiver of `notify` says `push`'),
    public_key: z
      .string()
      .nullable()
      .describe('what a browser gives to its push service as `applicationServerKey`; null: not configured'),
    told_since: time().nullable().describe('null: the one that calls is not notified'),
  })
  .describe('Web Push, as the browser that calls sees it.');

export type WirePush = z.output<typeof pushSchema>;
