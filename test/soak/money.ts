/** What the plans of a soak may cost, and what each message of the model does. */
import { listPriceUsd } from '../../src/claude/list-prices.ts';
import type { ScriptTurn } from '../../src/simulator/turn.ts';
import type { Journal } from './journal.ts';
import type { Random } from './random.ts';

const TOKENS = 1_000;

/** Of each message of the model; some cents. */
export const USAGE = {
  input_tokens: TOKENS,
  output_tokens: TOKENS,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
};

/** In US dollars, by list price. */
function messagePriceUsd(model: string): number {
  return listPriceUsd(model, {
    input: TOKENS,
    output: TOKENS,
    cacheRead: 0,
    cacheWrite: 0,
    cacheWriteHour: 0,
  });
}

/** What a plan may cost, in US dollars: often less than one round takes. Undefined: no limit. */
export function limitOf(random: Random): number | undefined {
  return random.chance(0.4) ? cents(random) : undefined;
}

/** The next limit of a project whose budget is spent. */
export function raisedLimit(before: number, random: Random): number {
  return Number((before + cents(random)).toFixed(2));
}

/** Keeps what a message costs of the model that answers; one that is unknown answers nothing, and has another price. */
export function notePrice(journal: Journal, { model }: ScriptTurn): void {
  journal.messagePriceUsd = Math.max(journal.messagePriceUsd, messagePriceUsd(model));
}

function cents(random: Random): number {
  return random.whole(5, 25) / 100;
}

/** Keeps how many messages of the model Claude has taken in, less those without a call: Claude Code writes some of these. */
export function noteMessages(journal: Journal, tag: string, { messages }: ScriptTurn): void {
  const own = messages.filter(
    ({ role, content }) => role === 'assistant' && content.some(({ type }) => type === 'tool_use'),
  );
  journal.messages.set(tag, Math.max(journal.messages.get(tag) ?? 0, own.length));
}
