/** A run's output read line by line into the facts its outcome rests on. */
import { classify, type RunFacts } from '../../src/claude/outcome.ts';
import { EMPTY, foldEvent } from '../../src/claude/run-summary.ts';
import { readEvent } from '../../src/claude/stream.ts';
import type { Outcome } from '../../src/project/outcome.ts';

export type Rest = Partial<Omit<RunFacts, 'result' | 'error' | 'rateLimit' | 'started'>>;

const UNREMARKABLE: RunFacts = {
  ended: undefined,
  started: false,
  resumed: false,
  isReview: false,
  deferredRequest: undefined,
  resumesCall: false,
  result: undefined,
  error: undefined,
  rateLimit: undefined,
  exit: { code: 0, signal: null },
  cut: false,
  stderr: '',
  model: 'default',
  budget: undefined,
};

/** From the first line to the outcome, in the order the supervisor takes the events in. */
export function outcomeOf(lines: Iterable<string>, rest: Rest): Outcome {
  let summary = EMPTY;
  for (const line of lines) {
    const event = readEvent(line);
    if (event) summary = foldEvent(summary, event, '2026-01-01T00:00:00.000Z');
  }
  const { init, result, error, rateLimit } = summary;
  return classify({ ...UNREMARKABLE, started: init !== undefined, result, error, rateLimit, ...rest });
}
