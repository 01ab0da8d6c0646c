import * as z from 'zod';
import { LANDING_ACTIONS, LANDING_OUTCOMES } from '../../project/landing.ts';
import { DECIDED_VIA, VERDICTS } from '../../project/review.ts';
import { REVISE_IN } from '../../project/revision.ts';
import { evidenceFiguresSchema } from './evidence.ts';
import { id, time } from './scalars.ts';

/** What the person decided about a round. */
export const decisionSchema = z
  .strictObject({
    verdict: z.enum(VERDICTS),
    reason: z.string().describe('what Claude is told to change; never empty for a rejection'),
    revise_in: z
      .enum(REVISE_IN)
      .nullable()
      .describe('in which session a rejection goes on; null: as configured'),
    allowed: z.array(z.string()).describe('rules for what Claude may do from then on; none for an approval'),
    tree: z.string().nullable().describe('what was measured of the round, as a git tree; null: nothing was'),
    base_oid: z.string().nullable().describe('what that was compared with'),
    bound: z.boolean().describe('whether the tree was named, or had been shown, by whoever decided'),
    decided_by: z
      .string()
      .describe('`person`: on the command line; `desktop`: in Claude Desktop; `person: NAME`: over HTTP'),
    decided_via: z.enum(DECIDED_VIA).describe('`rule`: by a rule of the owner'),
    decided_at: time(),
  })
  .describe('What the person decided about a round.');

export type WireDecision = z.output<typeof decisionSchema>;

/** One try at landing approved work. */
export const landingSchema = z
  .strictObject({
    action: z.enum(LANDING_ACTIONS),
    target: z.string().describe('the ref that was to move'),
    from_oid: z.string().nullable().describe('what it named before; null: it was not there'),
    to_oid: z.string().nullable().describe('what it names now; null: it was not moved'),
    outcome: z.enum(LANDING_OUTCOMES),
    detail: z.record(z.string(), z.unknown()).describe('facts, such as conflicts or files in the way'),
    at: time(),
  })
  .describe('One try at landing approved work.');

export type WireLanding = z.output<typeof landingSchema>;

/** Work that was submitted, in the words of Claude, and the decision about it. */
export const roundSchema = z
  .strictObject({
    round: z.int().min(1),
    attempt: z.int().min(1).describe('1, and one more for each repair of the same round'),
    outline: z.boolean().describe('an outline, and no work: its approval lands nothing'),
    run_id: id().nullable().describe('null: submitted by hand'),
    submitted_at: time(),
    measured: evidenceFiguresSchema
      .nullable()
      .describe('null: nothing was measured of it, or another attempt counts'),
    summary: z.string(),
    caveats: z.string().describe('empty: none'),
    files_created: z.array(z.string()),
    files_modified: z.array(z.string()),
    decision: decisionSchema.nullable().describe('null: it waits'),
    landings: z.array(landingSchema).describe('tries at landing what was approved, oldest first'),
  })
  .describe(
    'Work that was submitted: what was measured, what Claude says, the decision, and where it landed.',
  );

export type WireRound = z.output<typeof roundSchema>;

/** What Claude says it did. */
export const submissionSchema = roundSchema
  .omit({ outline: true, measured: true, decision: true, landings: true })
  .describe('What Claude says it did.');
