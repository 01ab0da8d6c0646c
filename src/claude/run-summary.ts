/**
 * What a run's output has told so far: a fold over its events, the same for a run that is watched live, one that was
 * adopted, and one that is read after its end. Pure.
 */
import { advance, NO_PROGRESS, type Progress } from './progress.ts';
import { NOTHING_SPENT, type Spending, spend } from './spending.ts';
import type { ClaudeEvent, Init, RateLimit, Result } from './stream.ts';

export interface RunSummary {
  readonly progress: Progress;
  readonly spending: Spending;
  /** The first init event; Claude sends another with each further turn. */
  readonly init: Init | undefined;
  /** The last result event. */
  readonly result: Result | undefined;
  /** `error` of the main agent's last message, undefined after a good one. */
  readonly error: string | undefined;
  /** The newest word on the account's limits. */
  readonly rateLimit: RateLimit | undefined;
  /**
   * Ids of the messages that Claude has taken in since its last answer or result. A Claude that is killed now may not have
   * written them into its conversation yet: it does so a moment after it says that it has them (seen in 2.1.329).
   */
  readonly unanswered: readonly string[];
}

export const EMPTY: RunSummary = {
  progress: NO_PROGRESS,
  spending: NOTHING_SPENT,
  init: undefined,
  result: undefined,
  error: undefined,
  rateLimit: undefined,
  unanswered: [],
};

/** The summary after one more event, which was written at `at` (ISO 8601). */
export function foldEvent(before: RunSummary, event: ClaudeEvent, at: string): RunSummary {
  const progress = advance(before.progress, event, at);
  const spending = spend(before.spending, event);
  const summary = { ...before, progress, spending };
  switch (event.kind) {
    case 'init':
      return { ...summary, init: before.init ?? event.init };
    case 'assistant':
      return event.ofSubagent ? summary : { ...summary, error: event.error, unanswered: [] };
    case 'taken_in':
      return { ...summary, unanswered: [...before.unanswered, event.uuid] };
    case 'rate_limit':
      return { ...summary, rateLimit: event.info };
    case 'result':
      return { ...summary, result: event.result, unanswered: [] };
    default:
      return summary;
  }
}
