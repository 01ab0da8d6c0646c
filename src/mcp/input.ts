/** The arguments that several tools take, and what is said about wrong ones. */

import * as z from 'zod';
import { cut } from '../characters.ts';
import { isProjectId, type ProjectId, unknownProject } from '../project/ids.ts';
import { cleanLine, LIMITS } from '../project/text.ts';

/** Marks an issue whose message is the whole answer, when the arguments are right otherwise. */
const REFUSAL = { isRefusal: true };

/** Any text: an id that names no project is answered "project not found", as is one that could not name any. */
export const projectId = z
  .string()
  .trim()
  .transform((text, context): ProjectId => {
    if (isProjectId(text)) return text;
    context.addIssue({ code: 'custom', message: unknownProject(text).trim(), params: REFUSAL });
    return z.NEVER;
  });

/** The limit is checked, but not listed: models do not count characters, and every word of a schema costs tokens. */
export const requestId = z
  .string()
  .trim()
  .refine((id) => id.length <= LIMITS.requestId, `must be at most ${LIMITS.requestId} characters`)
  .describe('Any text of your own that names this request: a repetition with the same one changes nothing.');

/** Names of files, as Code tells them. */
export const files = z
  .array(z.string().refine((name) => name.length <= LIMITS.file, `must be at most ${LIMITS.file} characters`))
  .refine((list) => list.length <= LIMITS.files, `must be at most ${LIMITS.files} names`);

/** One line that says what is wrong with the arguments of a tool and what it takes; the error must report its input. */
export function explainInput(tool: string, allowed: readonly string[], error: z.ZodError): string {
  const issues = error.issues.filter((issue) => !isRefusal(issue));
  if (issues.length === 0) return error.issues[0]?.message ?? '';
  const problems = issues.slice(0, MAX_PROBLEMS).map((issue) => explain(issue, allowed));
  return `${tool}: ${problems.join('; ')}. Nothing was changed.`;
}

function isRefusal(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'custom' && issue.params === REFUSAL;
}

const MAX_PROBLEMS = 5;

function explain(issue: z.core.$ZodIssue, allowed: readonly string[]): string {
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.slice(0, MAX_PROBLEMS).map((key) => `'${cut(cleanLine(key), 60)}'`);
    return `unknown argument ${names.join(', ')}; ${allowed.length > 0 ? `allowed: ${allowed.join(', ')}` : 'it takes none'}`;
  }
  const where = issue.path.join('.');
  const what = explainValue(issue);
  if (where === '') return `the arguments must be an object (${what})`;
  if (issue.code === 'invalid_type' && issue.input === undefined) return `'${where}' is required`;
  return `'${where}' ${what}`;
}

function explainValue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}, received ${typeOf(issue.input)}`;
    case 'invalid_value':
      return `expected one of ${issue.values.map((value) => `"${String(value)}"`).join('|')}`;
    default:
      return issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
