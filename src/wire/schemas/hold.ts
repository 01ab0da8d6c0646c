import * as z from 'zod';
import { HOLD_KINDS, HOLD_SOURCES } from '../../project/hold.ts';
import { time } from './scalars.ts';

/** Why no new run starts. */
export const holdSchema = z
  .strictObject({
    kind: z.enum(HOLD_KINDS),
    scope: z.string().describe('the model family that is held, such as `opus`; empty: every run'),
    reason: z.string(),
    since: time(),
    source: z
      .enum(HOLD_SOURCES)
      .describe('who set it: a person, a run that failed, or the supervisor by a look'),
    until: time().nullable().describe('when it ends by itself or is probed; null: only a person ends it'),
  })
  .describe('Why no new run starts.');

export type WireHold = z.output<typeof holdSchema>;
