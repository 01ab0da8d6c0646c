import * as z from 'zod';
import { count, id, path, usd } from './scalars.ts';

/** One step of the demo. */
export const demoStepSchema = z
  .strictObject({
    step: z.int().min(1),
    title: z.string(),
    lines: z.array(
      z.strictObject({
        who: z.enum(['You', 'Desktop', 'Supervisor', 'Claude']),
        text: z.string(),
        shown: z.array(z.string()).optional().describe('what a program printed, or a file holds'),
      }),
    ),
    duration_ms: count(),
  })
  .describe('One step of the demo.');

export type WireDemoStep = z.output<typeof demoStepSchema>;

/** The last line of the demo. */
export const demoSummarySchema = z
  .strictObject({
    summary: z.strictObject({
      project_id: id(),
      status: z.string(),
      rounds: count(),
      runs: count(),
      sessions: z.array(z.string()),
      repairs: count().describe('how often a failed check was sent back'),
      updates: count(),
      landed: z.string().nullable().describe('the commit that the base branch has now; null without git'),
      model_requests: count(),
      estimated_usd: usd().describe('what Claude Code believes it has cost; nothing was paid'),
      duration_ms: count(),
      model: z.literal('scripted'),
      paid_usd: usd(),
      processes_left: count(),
      kept: path().nullable().describe('the folder, with --keep'),
    }),
  })
  .describe('The last line of the demo.');

export type WireDemoSummary = z.output<typeof demoSummarySchema>;
