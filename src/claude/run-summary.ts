/**
 * Folds the output of a run into a summary, the same for a run that is watched live, was adopted, or is read after its
 * end. Pure.
 */
import { advance, NO_PROGRESS, type Progress } from './progress.ts';
import { type ContextReading, readContext } from './session-context.ts';
import { NOTHING_SPENT, type Spending, spend } from './spending.ts';
import type { ClaudeEvent, Init, RateLimitInfo, ResultMessage } from './stream.ts';

export interface RunSummary {
  readonly progress: Progress;
  readonly spending: Spending;
  /** How large the conversation is; undefined before the first answer. */
  readonly context: ContextReading | undefined;
  /** The first init event; Claude sends another with each further turn. */
  readonly init: Init | undefined;
  /** The last result event. */
  readonly result: ResultMessage | undefined;
  /** `error` of the last message of the main agent; undefined after a good one. */
  readonly error: string | undefined;
  /** The newest report on the limits of the account. */
  readonly rateLimit: RateLimitInfo | undefined;
  /**
   * Ids of the messages that Claude took in since its last answer or result. When Claude is killed now, its
   * conversation may not contain them: it writes them a moment after it reports them (seen in 2.1.329).
   */
  readonly unanswered: readonly string[];
}

/** The summary before the first event. */
export const EMPTY: RunSummary = {
  progress: NO_PROGRESS,
  spending: NOTHING_SPENT,
  context: undefined,
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
  const context = readContext(before.context, event, at);
  const summary = { ...before, progress, spending, context };
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
