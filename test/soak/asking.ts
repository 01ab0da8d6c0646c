/** What the model asks the person in the middle of a round, and how it takes what it is told. */
import { call, type MessageReply } from '../../src/simulator/reply.ts';
import { randomStream } from './random.ts';

/** A rule of the owner asks about each call of this command, which leaves a line outside of all workspaces. */
export const GUARDED = 'soak-guarded';

const COLOURS = ['red', 'blue', 'green'] as const;

/** Calls of one colour are equal: what was decided about one of them may hold for the next. */
export function guardedCall(seed: number, tag: string, mark: string): MessageReply {
  const colour = randomStream(seed, `guarded ${mark}`).pick(COLOURS);
  return call('Bash', { command: `${GUARDED} ${tag} ${colour}`, description: mark });
}

/** Half of the questions say themselves what is done when nobody answers. */
export function questionOf(seed: number, mark: string): Readonly<Record<string, unknown>> {
  const isBold = randomStream(seed, `question ${mark}`).chance(0.5);
  return { question: mark, ...(isBold && { default: `${OWN_ANSWER} ${mark}` }) };
}

/** The default of a question begins with it. */
export const OWN_ANSWER = 'my own answer to';

/** What the model makes of a call that was not made: it goes on without it, makes it again, or takes the tool for broken. */
export function refusalKind(text: string): 'denied' | 'again' | 'failed' {
  if (/the person denied it|go on without it/.test(text)) return 'denied';
  return /make (exactly )?this call (once more|again)/i.test(text) ? 'again' : 'failed';
}

/** Whether a prompt has told the answer to this question, which the session did not remember. */
export function isToldInPrompt(said: string, mark: string): boolean {
  return said.includes('You asked:') && said.includes(`> ${mark}\n`);
}
