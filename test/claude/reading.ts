/** A run's output read line by line into the facts its outcome rests on. */
import { classify, type RunFacts } from '../../src/claude/outcome.ts';
import { readEvent } from '../../src/claude/stream.ts';
import type { Outcome } from '../../src/project/run.ts';

export type Rest = Partial<Omit<RunFacts, 'result' | 'error' | 'rateLimit' | 'started'>>;

const UNREMARKABLE: RunFacts = {
  ended: undefined,
  started: false,
  resumed: false,
  result: undefined,
  error: undefined,
  rateLimit: undefined,
  exit: { code: 0, signal: null },
  cut: false,
  stderr: '',
  model: 'default',
  budgetUsd: null,
};

/** From the first line to the outcome, in the order the supervisor takes the events in. */
export function outcomeOf(lines: Iterable<string>, rest: Rest): Outcome {
  let facts: RunFacts = { ...UNREMARKABLE, ...rest };
  for (const line of lines) {
    const event = readEvent(line);
    if (event?.kind === 'init') facts = { ...facts, started: true };
    if (event?.kind === 'assistant' && !event.ofSubagent) facts = { ...facts, error: event.error };
    if (event?.kind === 'rate_limit') facts = { ...facts, rateLimit: event.info };
    if (event?.kind === 'result') facts = { ...facts, result: event.result };
  }
  return classify(facts);
}
