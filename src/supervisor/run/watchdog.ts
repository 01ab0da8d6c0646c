/** Decides when a run has taken too long. Pure: all times are monotonic milliseconds. */
import type { Outcome } from '../../project/outcome.ts';
import type { LivePhase } from './phase.ts';

export interface Limits {
  readonly startMs: number;
  readonly silenceMs: number;
  readonly toolMs: number;
  readonly runMs: number;
  readonly exitMs: number;
  readonly lastWordsMs: number;
}

export type Verdict =
  | { readonly late: false }
  /** Stop the run with this outcome. */
  | { readonly late: true; readonly outcome: Outcome }
  /** Stop the process only: the work is done or submitted, and its outcome stays. */
  | { readonly late: true; readonly outcome: undefined };

/**
 * Whether the run must be stopped at `now`, and with which outcome.
 *
 * @param usingTool Whether a tool call or a hook is under way; these may be silent longer than Claude.
 */
export function judge(phase: LivePhase, usingTool: boolean, limits: Limits, now: number): Verdict {
  if (phase.kind === 'finishing') {
    return now - phase.finishedAt > limits.exitMs ? { late: true, outcome: undefined } : { late: false };
  }
  // After a submission, further work would change what a person is reviewing.
  if (phase.submittedAt !== undefined && now - phase.submittedAt > limits.lastWordsMs)
    return { late: true, outcome: undefined };
  const running = now - phase.spawnedAt;
  if (phase.kind === 'starting' && running > limits.startMs)
    return { late: true, outcome: { kind: 'no_init', afterMs: limits.startMs } };
  if (running > limits.runMs) return { late: true, outcome: { kind: 'timed_out', afterMs: limits.runMs } };
  const silenceMs = usingTool ? limits.toolMs : limits.silenceMs;
  if (phase.kind === 'working' && now - phase.lastSignAt > silenceMs)
    return { late: true, outcome: { kind: 'stalled', silentMs: silenceMs } };
  return { late: false };
}
