/** What the HTTP API answers where that is no output of a command. */
import * as z from 'zod';
import { projectSchema } from './project.ts';
import { projectDetailsSchema } from './project-details.ts';
import { decisionSchema, submissionSchema } from './round.ts';
import { runSchema } from './run.ts';

export const healthSchema = z
  .strictObject({
    status: z.literal('ok'),
    version: z.string(),
    db_path: z.string().exactOptional().describe('the database; only for a caller with a token'),
  })
  .describe('The supervisor works, and its store answers.');

/** One project with its history. */
export const projectAnswerSchema = projectDetailsSchema
  .omit({ next: true, runs: true })
  .extend({
    runs: z.array(runSchema).describe('oldest first'),
    completion: submissionSchema.nullable().describe('the newest submission; null: none yet'),
    approval: decisionSchema.nullable().describe('the newest decision; null: none yet'),
  })
  .describe('The whole story of one project.');

export type WireProjectAnswer = z.output<typeof projectAnswerSchema>;

export const decidedSchema = z
  .strictObject({
    project: projectSchema,
    decision: decisionSchema,
    round: z.int().min(1).describe('the round that was decided on'),
    repeated: z.boolean().describe('the same decision had been made before; nothing was changed'),
  })
  .describe('A decision, and where the project stands after it.');

export type WireDecided = z.output<typeof decidedSchema>;
