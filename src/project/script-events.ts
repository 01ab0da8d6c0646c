/** The events of scripts that agents had run. */
import * as z from 'zod';
import { type EventKind, event, id } from './event-kind.ts';
import { SCRIPT_STATES } from './script.ts';

export const SCRIPT_EVENTS = {
  'script.started': event('An agent had a script of the owner run.', () => ({
    scriptRunId: id('Of this run of the script'),
    script: z.string().describe('As the owner lists it'),
  })),
  'script.ended': event('A script ended, or was given up.', () => ({
    scriptRunId: id('Of this run of the script'),
    script: z.string(),
    state: z.enum(SCRIPT_STATES).exclude(['running']).describe('How'),
    exitCode: z.int().nullable().describe('null: it has none'),
  })),
} satisfies Record<string, EventKind>;
