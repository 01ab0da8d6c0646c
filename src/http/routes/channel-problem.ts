/** What is wrong with a call about channels, as its clients know it: 400 with the field, unless it says otherwise. */
import { describeProblem, type FieldProblem } from '../../project/channel.ts';
import { type Problem, type ProblemCode, problem } from '../problem.ts';

const CODES: Readonly<Record<string, ProblemCode>> = {
  conflict: 'key-used',
  not_found: 'message-not-found',
};

export const CHANNEL_PROBLEMS = ['message-refused'] as const;

export function channelProblem(found: FieldProblem): Problem {
  const { field, code, message } = found;
  const isTooLarge = code === 'too_large' && (field === 'content' || field === 'message');
  const known = isTooLarge ? 'message-too-large' : (CODES[code] ?? 'message-refused');
  const detail = code === 'not_found' || isTooLarge ? `${field} ${message}` : describeProblem(found);
  return problem(known, detail, { facts: { field, reason: code, message } });
}

/** A text of the query or of the body; a problem where it is none or missing. */
export function textProblem(
  field: string,
  given: Readonly<Record<string, unknown>>,
): FieldProblem | undefined {
  const value = given[field];
  if (value === undefined || value === '')
    return { field, code: 'required', message: 'is required, and must not be empty' };
  if (typeof value !== 'string') return { field, code: 'invalid_type', message: 'must be a string' };
  return undefined;
}
