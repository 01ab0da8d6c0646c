/** Folds the output of a run into how large its conversation has grown. Pure: the time of each line is passed in. */
import type { SessionContext } from '../project/session-context.ts';
import { contextPrices, type TokenUsage } from './list-prices.ts';
import type { ClaudeEvent } from './stream.ts';

/** What the answers of the main agent say so far. */
export interface ContextReading {
  readonly startTokens: number;
  /** Of the newest answer, which may still grow. */
  readonly messageId: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Something was kept for an hour. */
  readonly keptForHour: boolean;
  readonly at: string;
}

/** The reading after one more event, which was written at `at` (ISO 8601); undefined before the first answer. */
export function readContext(
  before: ContextReading | undefined,
  event: ClaudeEvent,
  at: string,
): ContextReading | undefined {
  if ((event.kind !== 'assistant' && event.kind !== 'usage') || event.ofSubagent || !event.usage)
    return before;
  const { usage } = event;
  // Versions before 2.1.329 do not name the message in its last usage event.
  const messageId = event.messageId ?? before?.messageId ?? '';
  const known = before?.messageId === messageId ? before : undefined;
  const inputTokens = Math.max(known?.inputTokens ?? 0, inputOf(usage));
  // A message that Claude Code wrote itself, such as an error, was read by nobody.
  if (inputTokens === 0) return before;
  return {
    startTokens: before?.startTokens ?? inputTokens,
    messageId,
    model: event.model ?? known?.model ?? 'unknown',
    inputTokens,
    outputTokens: Math.max(known?.outputTokens ?? 0, usage.output),
    keptForHour: before?.keptForHour === true || usage.cacheWriteHour > 0,
    at,
  };
}

function inputOf({ input, cacheRead, cacheWrite }: TokenUsage): number {
  return input + cacheRead + cacheWrite;
}

const FIVE_MINUTES_MS = 5 * 60_000;
const HOUR_MS = 60 * 60_000;

/** How large the conversation is after its newest answer; null when there was none. */
export function contextOf(reading: ContextReading | undefined): SessionContext | null {
  if (!reading) return null;
  const { startTokens, inputTokens, outputTokens, keptForHour, at, model } = reading;
  return {
    startTokens,
    tokens: inputTokens + outputTokens,
    at,
    // The two that there are; each use begins it again (https://docs.claude.com/en/docs/build-with-claude/prompt-caching).
    keptMs: keptForHour ? HOUR_MS : FIVE_MINUTES_MS,
    prices: contextPrices(model, keptForHour),
  };
}
