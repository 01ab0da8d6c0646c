/** What becomes of a request under a key that stands for another one already: nothing, and whoever asked is told so. */
import { describeProblem, type FieldProblem } from './channel.ts';

/** What a key of idempotency stands for, and what did not become of the second one. */
const REFUSED = { message: 'sent', task: 'sent', request: 'started' } as const;

export function usedKey(noun: keyof typeof REFUSED): FieldProblem {
  return {
    field: 'idempotency_key',
    code: 'conflict',
    message: `was already used for another ${noun}; nothing was ${REFUSED[noun]}. Use a new key for a new ${noun}.`,
  };
}

/** The same in one line. */
export function usedKeyText(noun: keyof typeof REFUSED): string {
  return describeProblem(usedKey(noun));
}
