import * as z from 'zod';
import { count } from './scalars.ts';

export const FINDING_VERDICTS = ['ok', 'warning', 'problem', 'skipped', 'fixed'] as const;

/** What a check of `doctor` found. */
export const findingSchema = z
  .strictObject({
    check: z.string().describe('group and check, such as `claude.login`'),
    subject: z.string().describe('what it is about: a path, a program, a name'),
    verdict: z.enum(FINDING_VERDICTS).describe('skipped: nothing could be found out; the message says why'),
    message: z.string(),
    hint: z.string().nullable().describe('what a person does about it'),
    fixable: z.boolean().describe('whether `doctor --fix` does something about it'),
  })
  .describe('What a check of `doctor` found.');

export type WireFinding = z.output<typeof findingSchema>;

/** Everything `doctor` found. */
export const diagnosisSchema = z
  .strictObject({
    findings: z.array(findingSchema),
    summary: z
      .strictObject({ ok: count(), warnings: count(), problems: count(), skipped: count(), fixed: count() })
      .describe('how many findings have each verdict'),
  })
  .describe('Everything `doctor` found.');

export type WireDiagnosis = z.output<typeof diagnosisSchema>;
