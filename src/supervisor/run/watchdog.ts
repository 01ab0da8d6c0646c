/** When a run has taken too long in some way. Pure: all times are monotonic milliseconds. */
import type { Outcome } from '../../project/outcome.ts';

export interface Limits {
  readonly startMs: number;
  readonly silenceMs: number;
  readonly toolMs: number;
  readonly runMs: number;
  readonly exitMs: number;
  readonly lastWordsMs: number;
}

export interface Vitals {
  readonly spawnedAt: number;
  readonly lastSignAt: number;
  /** Whether Claude has written its first line, whatever it says. */
  readonly started: boolean;
  /** Whether a tool call or a hook is under way: they may be silent longer than Claude. */
  readonly usingTool: boolean;
  /** When the last result came and the input was closed. */
  readonly finishedAt: number | undefined;
  /** When it was seen that the work was submitted. */
  readonly submittedAt: number | undefined;
}

export type Verdict =
  | { readonly late: false }
  /** The run is to be ended with this outcome. */
  | { readonly late: true; readonly outcome: Outcome }
  /** All is said, or submitted, only the process does not go: its outcome stays what it was. */
  | { readonly late: true; readonly outcome: undefined };

export function judge(vitals: Vitals, limits: Limits, now: number): Verdict {
  if (vitals.finishedAt !== undefined) {
    return now - vitals.finishedAt > limits.exitMs ? { late: true, outcome: undefined } : { late: false };
  }
  // Claude that works on after its submission changes what a person is looking at.
  if (vitals.submittedAt !== undefined && now - vitals.submittedAt > limits.lastWordsMs)
    return { late: true, outcome: undefined };
  const running = now - vitals.spawnedAt;
  if (!vitals.started && running > limits.startMs) {
    return { late: true, outcome: { kind: 'no_init', afterMs: limits.startMs } };
  }
  if (running > limits.runMs) return { late: true, outcome: { kind: 'timed_out', afterMs: limits.runMs } };
  const silent = now - vitals.lastSignAt;
  const silenceMs = vitals.usingTool ? limits.toolMs : limits.silenceMs;
  if (vitals.started && silent > silenceMs)
    return { late: true, outcome: { kind: 'stalled', silentMs: silenceMs } };
  return { late: false };
}
