/** What was measured of a round, as the tools give it to a model: fewer fields, and only as much of a list as fits. */
import * as z from 'zod';
import { evidenceSchema } from './evidence.ts';

const evidence = evidenceSchema.shape;
const git = evidence.git.unwrap().shape;
const diff = evidence.diff.unwrap().shape;
const review = evidence.review.unwrap().shape;
const check = evidence.checks.element.shape;

export const toolEvidenceSchema = z.strictObject({
  round: evidence.round,
  attempt: evidence.attempt,
  outline: evidence.outline,
  made_at: evidence.made_at,
  tree: z.string().nullable().describe('what a decision is bound to; null: nothing was measured'),
  summary: z.string().describe('in our words'),
  measured: evidence.measured,
  cause: evidence.cause.unwrap().exactOptional(),
  checks_passed: evidence.checks_passed,
  checks: z.array(
    z.strictObject({
      name: check.name,
      exit_code: check.exit_code,
      timed_out: check.timed_out,
      duration_ms: check.duration_ms,
      output_tail: check.output_tail.exactOptional().describe('of one that failed; text of programs'),
    }),
  ),
  repairs: evidence.repairs,
  warnings: evidence.warnings,
  claims: evidence.claims,
  base: z
    .strictObject({
      base_ref: git.base_ref,
      base_state: git.base_state,
      mergeable: git.mergeable,
      conflicts: git.conflicts,
    })
    .exactOptional(),
  diff: z
    .strictObject({
      files: diff.files,
      insertions: diff.insertions,
      deletions: diff.deletions,
      changes: z.array(
        diff.changes.element.pick({
          path: true,
          old_path: true,
          status: true,
          insertions: true,
          deletions: true,
          binary: true,
        }),
      ),
    })
    .exactOptional(),
  denied: evidence.denied,
  requests: evidence.requests,
  review: z
    .strictObject({
      model: review.model,
      not_reviewed: z.string().exactOptional().describe('why, in our words; missing where it answered'),
      findings: review.findings,
      cost_usd: review.cost_usd,
    })
    .exactOptional()
    .describe('what a second model says about the changes, in its own words'),
  cost: evidence.cost,
});

export type ToolEvidence = z.output<typeof toolEvidenceSchema>;
