/**
 * List prices of the models, for runs whose own cost is missing. They are those of Claude Code 2.1.329 (19 November
 * 2026), read from the catalog in its program, in US dollars per million tokens.
 */
import type { TokenPrices } from '../project/session-context.ts';

/** Tokens of one message, as the Messages API counts them. */
export interface TokenUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** The part of `cacheWrite` that is kept for an hour. */
  readonly cacheWriteHour: number;
}

/** The first key that the name of a model contains applies: `claude-sonnet-5-20260301` is `sonnet-5`. */
const LIST: readonly (readonly [name: string, input: number, cacheRead: number])[] = [
  ['fable-5-2', 8, 0.2],
  ['fable-5-1', 10, 0.25],
  ['fable-5', 10, 1],
  ['mythos-5-2', 8, 0.2],
  ['mythos-5-1', 10, 0.25],
  ['mythos-5', 10, 1],
  ['opus-5-5', 4, 0.2],
  ['opus-4-0', 15, 1.5],
  ['opus-4-1', 15, 1.5],
  ['opus-4-2025', 15, 1.5],
  ['3-opus', 15, 1.5],
  ['opus', 5, 0.5],
  ['sonnet-5-5', 2, 0.1],
  ['sonnet-5', 2, 0.2],
  ['sonnet', 3, 0.3],
  ['haiku-5-5', 0.1, 0.01],
  ['haiku-4-5', 1, 0.1],
  ['haiku', 0.8, 0.08],
];

/** The price that Claude uses for a model it does not know. */
const UNKNOWN_MODEL = ['', 5, 0.5] as const;

/** A cache write costs so many times as much as input. */
const WRITE_FACTOR = 1.25;
const HOUR_WRITE_FACTOR = 2;

/** The list price of `usage` in US dollars. */
export function listPriceUsd(model: string, usage: TokenUsage): number {
  const [, input, cacheRead] = listed(model) ?? UNKNOWN_MODEL;
  const hour = Math.min(usage.cacheWriteHour, usage.cacheWrite);
  // For every model in the list, output costs five times as much as input.
  const writes = WRITE_FACTOR * (usage.cacheWrite - hour) + HOUR_WRITE_FACTOR * hour;
  return ((usage.input + 5 * usage.output + writes) * input + usage.cacheRead * cacheRead) / 1e6;
}

/**
 * What a conversation costs to be read uncached and kept, and what is kept of it costs to be read again; null for a model that
 * is not in the list.
 */
export function contextPrices(model: string, keptForHour: boolean): TokenPrices | null {
  const found = listed(model);
  if (!found) return null;
  const [, input, cacheRead] = found;
  return { write: input * (keptForHour ? HOUR_WRITE_FACTOR : WRITE_FACTOR), read: cacheRead };
}

function listed(model: string) {
  return LIST.find(([name]) => model.toLowerCase().includes(name));
}
