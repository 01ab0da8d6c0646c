import * as z from 'zod';
import { SCRIPT_STATES } from '../../project/script.ts';
import { count } from './scalars.ts';

const moment = z.iso.datetime().nullable();

export const listedScriptSchema = z
  .strictObject({
    name: z.string().describe('as the configuration lists it'),
    in_runs: z.boolean().describe('runs of the supervisor may use it; otherwise sessions of a person'),
    description: z.string().nullable().describe('its first line of comment'),
    problem: z.string().nullable().describe('why it cannot be run'),
  })
  .describe('A script that agents may have run.');

export const scriptRunSchema = z
  .strictObject({
    id: z.string(),
    script: z.string(),
    args: z.array(z.string()).describe('without secrets'),
    cwd: z.string(),
    timeout_ms: count(),
    run_id: z
      .string()
      .nullable()
      .describe('the run of the supervisor that asked; null: a session of a person'),
    project_id: z.string().nullable(),
    state: z.enum(SCRIPT_STATES),
    exit_code: z.int().nullable(),
    signal: z.string().nullable(),
    failure: z.string().nullable().describe('why it did not start'),
    stdout_bytes: count().describe('as much as was printed'),
    stderr_bytes: count(),
    cancel_asked_at: moment,
    cancel_reason: z.string().nullable(),
    created_at: z.iso.datetime(),
    ended_at: moment,
  })
  .describe('A run of a script.');

export const shownScriptRunSchema = scriptRunSchema
  .extend({
    stdout: z.string().describe('the last 64 KiB of it, without secrets'),
    stderr: z.string().describe('the last 64 KiB of it, without secrets'),
  })
  .describe('A run of a script, with what it printed.');

export type WireListedScript = z.output<typeof listedScriptSchema>;
export type WireScriptRun = z.output<typeof scriptRunSchema>;
export type WireShownScriptRun = z.output<typeof shownScriptRunSchema>;
