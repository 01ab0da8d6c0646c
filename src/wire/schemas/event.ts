import * as z from 'zod';
import { count, id, time } from './scalars.ts';

/** One entry of the append-only history. */
export const eventSchema = z
  .strictObject({
    id: count().describe('names the event; rises within a project, with gaps'),
    project_id: id().nullable().describe('null: it concerns no single project'),
    run_id: id().nullable(),
    type: z.string().describe('`project.sent`, `run.ended`, …; a newer program may add types'),
    actor: z.string().describe('who caused it: `person`, `desktop`, `code`, `supervisor`'),
    data: z.record(z.string(), z.unknown()).describe('what belongs to the type'),
    created_at: time(),
  })
  .describe('One entry of the append-only history.');

export type WireEvent = z.output<typeof eventSchema>;
