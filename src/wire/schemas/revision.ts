/** What it costs to go on in a session, and in which one a rejected project goes on. */
import * as z from 'zod';
import { REVISE_IN, REVISION_ASKERS, REVISION_SESSIONS } from '../../project/revision.ts';
import { count, time, usd } from './scalars.ts';

export const contextSchema = z
  .strictObject({
    start_tokens: count().describe('what the model read for its first answer of the run'),
    tokens: count().describe('what it reads to go on: the whole conversation'),
    at: time().describe('when the newest answer was written'),
    kept_ms: count().describe('how long after that the service keeps what it has read'),
    prices: z
      .strictObject({
        write: usd().describe('of a million tokens that the service reads uncached and keeps'),
        read: usd().describe('of a million that it has kept'),
      })
      .nullable()
      .describe('by list; null: unknown'),
  })
  .describe('How large a conversation has grown.');

const readingSchema = z.strictObject({
  tokens: count(),
  usd: usd().nullable().describe('by list price; null: unknown'),
});

export const revisionSchema = z
  .strictObject({
    asked: z
      .enum(REVISE_IN)
      .describe(
        'session: the one of the work; fresh: a new one; cheapest: the one that costs less to begin with',
      ),
    by: z.enum(REVISION_ASKERS).describe('who asked for it'),
    session: z.enum(REVISION_SESSIONS).describe('which one is taken'),
    cost: z
      .strictObject({
        session: readingSchema
          .extend({ cached_until: time().nullable().describe('null: the service does not keep it any more') })
          .nullable()
          .describe('to go on in the session; null: unknown'),
        fresh: readingSchema
          .nullable()
          .describe('to begin a new one, without what that reads again in the folder; null: unknown'),
      })
      .describe('what the model reads before its first answer'),
  })
  .describe('In which session a rejected project goes on, and what that costs.');

export type WireRevision = z.output<typeof revisionSchema>;
