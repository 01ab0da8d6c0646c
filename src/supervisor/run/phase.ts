/**
 * An active run is in one of five phases. Reader, watch and stop emit signals; nothing else changes the phase.
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

/** The phase of a run that is not being stopped. */
export type LivePhase =
  /** The process lives, and Claude has not written a line. */
  | { readonly kind: 'starting'; readonly spawnedAt: number; readonly submittedAt: number | undefined }
  /** Claude is in a turn. */
  | {
      readonly kind: 'working';
      readonly spawnedAt: number;
      /** When the submission was first seen. */
      readonly submittedAt: number | undefined;
      /** When the last line of any kind came. */
      readonly lastSignAt: number;
    }
  /** The last result came and the input is closed. Only the exit is missing, unless a message starts another turn. */
  | {
      readonly kind: 'finishing';
      readonly spawnedAt: number;
      readonly submittedAt: number | undefined;
      readonly finishedAt: number;
    };

export type RunPhase =
  | LivePhase
  /** The supervisor is stopping the process. */
  | {
      readonly kind: 'stopping';
      /** The outcome of the run; undefined when it keeps its own, such as that of submitted work. */
      readonly reason: Outcome | undefined;
      /** A failed stop, such as a refused signal, may be retried; until then the run is watched as before. */
      readonly attempt: 'under way' | 'failed';
      readonly live: LivePhase;
    }
  /** The process has exited. Its output may still be read. */
  | {
      readonly kind: 'ended';
      /** Why the supervisor stopped it; undefined when it exited by itself or keeps its own outcome. */
      readonly reason: Outcome | undefined;
      /** The supervisor stopped the process, so its exit code says nothing about the run. */
      readonly isStopped: boolean;
      readonly exit: Exit;
    };

export type RunSignal =
  /** A line of any kind came. */
  | { readonly kind: 'line'; readonly at: number }
  /** Claude begins a turn, including its first one. */
  | { readonly kind: 'turn'; readonly at: number }
  /** Claude has finished its turn and would exit. */
  | { readonly kind: 'result'; readonly at: number }
  /** The work of the run is submitted. */
  | { readonly kind: 'submitted'; readonly at: number }
  /** The machine or this process was suspended: that time does not count against Claude. */
  | { readonly kind: 'suspended'; readonly ms: number }
  | { readonly kind: 'stop'; readonly reason: Outcome | undefined }
  | { readonly kind: 'stop_failed' }
  | { readonly kind: 'exited'; readonly exit: Exit };

/** The phase after `signal`. A signal that means nothing in a phase changes nothing. The first stop reason stays. */
export function next(phase: RunPhase, signal: RunSignal): RunPhase {
  switch (phase.kind) {
    case 'stopping':
      return nextWhileStopping(phase, signal);
    case 'ended':
      // Output that is read, or a stop that is requested, after the exit may still explain it.
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
      // Output after the result does not extend the time to exit.
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

/** The time of a submission does not move: a person waits since then. */
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

/** Holds the phase of one run; the only place where it changes. */
export class RunPhases {
  #current: RunPhase;
  readonly #ended = new AbortController();

  constructor(spawnedAt: number) {
    this.#current = { kind: 'starting', spawnedAt, submittedAt: undefined };
  }

  get current(): RunPhase {
    return this.#current;
  }

  /** Whether a stop is under way. Nothing else is sent to the process then. */
  get isStopping(): boolean {
    return this.#current.kind === 'stopping' && this.#current.attempt === 'under way';
  }

  /** Aborts when the process has exited. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  emit(signal: RunSignal): void {
    this.#current = next(this.#current, signal);
    if (this.#current.kind === 'ended') this.#ended.abort();
  }
}
