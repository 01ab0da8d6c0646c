/** What is looked at before a service is installed, each as one line. */

import * as z from 'zod';
import { cut } from '../characters.ts';

export const check = z.object({
  what: z.string(),
  state: z.enum(['ok', 'warning', 'problem']),
  detail: z.string(),
  /** What to do about it; null when it is well. */
  fix: z.string().nullable(),
});

export type Check = Readonly<z.output<typeof check>>;

/** It may quote another program, which may have no end of a line. */
const LONGEST_DETAIL = 2_000;

function shortened(detail: string): string {
  return detail.length > LONGEST_DETAIL ? `${cut(detail, LONGEST_DETAIL)}…` : detail;
}

export function ok(what: string, detail: string): Check {
  return { what, state: 'ok', detail: shortened(detail), fix: null };
}

export function warning(what: string, detail: string, fix: string): Check {
  return { what, state: 'warning', detail: shortened(detail), fix };
}

export function problem(what: string, detail: string, fix: string): Check {
  return { what, state: 'problem', detail: shortened(detail), fix };
}
