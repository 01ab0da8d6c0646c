/** Decides when a run has taken too long. Pure: all times are monotonic milliseconds. */
import type { Outcome } from '../../project/outcome.ts';
import type { LivePhase } from './phase.ts';

export interface Timeouts {
  readonly startMs: number;
  readonly silenceMs: number;
  readonly toolMs: number;
  readonly runMs: number;
  readonly exitMs: number;
  readonly lastWordsMs: number;
}

export type Lateness =
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
export function judge(phase: LivePhase, usingTool: boolean, timeouts: Timeouts, now: number): Lateness {
  if (phase.kind === 'finishing') {
    return now - phase.finishedAt > timeouts.exitMs ? { late: true, outcome: undefined } : { late: false };
  }
  // After a submission, further work would change what a person is reviewing.
  if (phase.submittedAt !== undefined && now - phase.submittedAt > timeouts.lastWordsMs)
    return { late: true, outcome: undefined };
  const running = now - phase.spawnedAt;
  if (phase.kind === 'starting' && running > timeouts.startMs)
    return { late: true, outcome: { kind: 'no_init', afterMs: timeouts.startMs } };
  if (running > timeouts.runMs)
    return { late: true, outcome: { kind: 'timed_out', afterMs: timeouts.runMs } };
  const silenceMs = usingTool ? timeouts.toolMs : timeouts.silenceMs;
  if (phase.kind === 'working' && now - phase.lastSignAt > silenceMs)
    return { late: true, outcome: { kind: 'stalled', silentMs: silenceMs } };
  return { late: false };
}
