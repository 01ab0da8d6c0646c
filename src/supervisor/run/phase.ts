/**
 * One run under way is in one of five phases. Reader, watch and stop emit signals; nothing else moves a run on.
 *
 *   starting ──line──▶ working ◀──turn── ┐
 *      │                  └──result──▶ finishing
 *      │                                 │
 *      └────────stop, from any of them───┴──▶ stopping ──exited──▶ ended
 *
 * A process that exits by itself goes straight to `ended`. All times are monotonic milliseconds.
 */
import type { Exit } from '../../machine/child.ts';
import type { Outcome } from '../../project/outcome.ts';

/** What a run does while nobody ends it. */
export type LivePhase =
  /** The process lives, and Claude has not written a line. */
  | { readonly kind: 'starting'; readonly spawnedAt: number; readonly submittedAt: number | undefined }
  /** Claude is in a turn. */
  | {
      readonly kind: 'working';
      readonly spawnedAt: number;
      /** When the run's work was first seen to be submitted. */
      readonly submittedAt: number | undefined;
      /** When the last line came, whatever it says. */
      readonly lastSignAt: number;
    }
  /** The last result is here and the input is closed: only the exit is missing, unless a message starts another turn. */
  | {
      readonly kind: 'finishing';
      readonly spawnedAt: number;
      readonly submittedAt: number | undefined;
      readonly finishedAt: number;
    };

export type RunPhase =
  | LivePhase
  /** The supervisor ends the process. */
  | {
      readonly kind: 'stopping';
      /** The run's outcome; undefined when it keeps its own, as that of work which is submitted. */
      readonly reason: Outcome | undefined;
      /** One that failed, as a signal that was refused, may be made again; meanwhile the run is watched as before. */
      readonly attempt: 'under way' | 'failed';
      readonly live: LivePhase;
    }
  /** The process is gone. Its output may still be read. */
  | {
      readonly kind: 'ended';
      /** Why the supervisor ended it; undefined for one that ended by itself, or keeps its own outcome. */
      readonly reason: Outcome | undefined;
      /** The process was told to stop, so the way it exited says nothing of the run. */
      readonly isStopped: boolean;
      readonly exit: Exit;
    };

export type RunSignal =
  /** A line came, whatever it says. */
  | { readonly kind: 'line'; readonly at: number }
  /** Claude begins a turn; its first one, too. */
  | { readonly kind: 'turn'; readonly at: number }
  /** Claude has answered and would exit. */
  | { readonly kind: 'result'; readonly at: number }
  /** The run's work is in the store. */
  | { readonly kind: 'submitted'; readonly at: number }
  /** The whole machine, or this process, stood still: that time is not held against Claude. */
  | { readonly kind: 'suspended'; readonly ms: number }
  | { readonly kind: 'stop'; readonly reason: Outcome | undefined }
  | { readonly kind: 'stop_failed' }
  | { readonly kind: 'exited'; readonly exit: Exit };

/** The phase after `signal`. Total: a signal that means nothing in a phase leaves it as it is. The first reason stays. */
export function next(phase: RunPhase, signal: RunSignal): RunPhase {
  switch (phase.kind) {
    case 'stopping':
      return nextWhileStopping(phase, signal);
    case 'ended':
      // What is read, or asked for, after the exit may still explain it.
      return signal.kind === 'stop' ? { ...phase, reason: phase.reason ?? signal.reason } : phase;
    default:
      return nextWhileLive(phase, signal);
  }
}

function nextWhileLive(phase: LivePhase, signal: RunSignal): RunPhase {
  switch (signal.kind) {
    case 'stop':
      return { kind: 'stopping', reason: signal.reason, attempt: 'under way', live: phase };
    case 'stop_failed':
      return phase;
    case 'exited':
      return { kind: 'ended', reason: undefined, isStopped: false, exit: signal.exit };
    default:
      return nextLive(phase, signal);
  }
}

function nextWhileStopping(phase: RunPhase & { kind: 'stopping' }, signal: RunSignal): RunPhase {
  const { attempt, live, reason } = phase;
  switch (signal.kind) {
    case 'stop':
      return { ...phase, reason: reason ?? signal.reason, attempt: 'under way' };
    case 'stop_failed':
      return { ...phase, attempt: 'failed' };
    case 'exited':
      return { kind: 'ended', reason, isStopped: attempt === 'under way', exit: signal.exit };
    default:
      return { ...phase, live: nextLive(live, signal) };
  }
}

type LiveSignal = Exclude<RunSignal, { kind: 'stop' | 'stop_failed' | 'exited' }>;

function nextLive(phase: LivePhase, signal: LiveSignal): LivePhase {
  const { spawnedAt, submittedAt } = phase;
  switch (signal.kind) {
    case 'line':
      // What a run says after its result keeps it no longer alive.
      if (phase.kind === 'finishing') return phase;
      return { kind: 'working', spawnedAt, submittedAt, lastSignAt: signal.at };
    case 'turn':
      return { kind: 'working', spawnedAt, submittedAt, lastSignAt: signal.at };
    case 'result':
      return { kind: 'finishing', spawnedAt, submittedAt, finishedAt: signal.at };
    case 'submitted':
      return { ...phase, submittedAt: submittedAt ?? signal.at };
    case 'suspended':
      return later(phase, signal.ms);
  }
}

/** What the supervisor itself has seen of a submission is not moved: a person waits since then. */
function later(phase: LivePhase, ms: number): LivePhase {
  const spawnedAt = phase.spawnedAt + ms;
  switch (phase.kind) {
    case 'starting':
      return { ...phase, spawnedAt };
    case 'working':
      return { ...phase, spawnedAt, lastSignAt: phase.lastSignAt + ms };
    case 'finishing':
      return { ...phase, spawnedAt, finishedAt: phase.finishedAt + ms };
  }
}

/** The phase of one run, and the one place where it changes. */
export class RunPhases {
  #current: RunPhase;
  readonly #ended = new AbortController();

  constructor(spawnedAt: number) {
    this.#current = { kind: 'starting', spawnedAt, submittedAt: undefined };
  }

  get current(): RunPhase {
    return this.#current;
  }

  /** Whether a stop is under way: nothing else is to be asked of the process. */
  get isStopping(): boolean {
    return this.#current.kind === 'stopping' && this.#current.attempt === 'under way';
  }

  /** Aborts when the process has ended. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  emit(signal: RunSignal): void {
    this.#current = next(this.#current, signal);
    if (this.#current.kind === 'ended') this.#ended.abort();
  }
}
