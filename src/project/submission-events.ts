/** Events of submitted work: that it was submitted, and what the supervisor measured of it. */
import * as z from 'zod';
import { event, outline, round } from './event-kind.ts';

const attempt = () => z.int().describe('1, and one more for each repair, or each time it was made again');

export const SUBMISSION_EVENTS = {
  'project.submitted': event(
    'Claude Code submitted the work of a round.',
    () => ({
      round: round(),
      attempt: attempt().default(1),
      summary: z.string(),
      outline: outline(),
    }),
    'send_completion',
  ),
  'project.checking': event("One of the owner's checks began on what was submitted.", () => ({
    round: round(),
    attempt: attempt(),
    check: z.string().describe('Its name'),
    number: z.int().describe('1 for the first'),
    of: z.int().describe('How many there are'),
  })),
  'project.verified': event(
    'The supervisor measured what was submitted, and the person can decide.',
    () => ({
      round: round(),
      attempt: attempt(),
      outline: z.boolean().default(false).describe('An outline was asked for, and no work'),
      measured: z.boolean().describe('false: it could not be measured'),
      checksPassed: z.boolean().nullable().describe('null: there are none'),
      repairs: z.int().describe('How often the work was sent back for them'),
      files: z.int().describe('How many were changed'),
      insertions: z.int(),
      deletions: z.int(),
      warnings: z.int().describe('How many there are'),
      review: z
        .object({ answered: z.boolean(), blocking: z.int(), notes: z.int() })
        .nullable()
        .default(null)
        .describe('How many findings a reviewer has; null: none was asked for'),
    }),
    'evidence_ready',
  ),
  'project.checks_failed': event(
    "The owner's checks failed on what was submitted, and it was sent back to be repaired.",
    () => ({
      round: round(),
      attempt: attempt(),
      failed: z.array(z.string()).describe('Names of the checks'),
      repair: z.int().describe('The repair that begins: 1, 2, …'),
    }),
    'checks_failed',
  ),
  'project.findings_sent_back': event(
    'A reviewer found what must not stay so in what was submitted, and it was sent back to be repaired.',
    () => ({
      round: round(),
      attempt: attempt(),
      findings: z.int().describe('How many are blocking'),
      repair: z.int().describe('The repair that begins: 1, 2, …'),
    }),
    'send_back_findings',
  ),
} as const;
