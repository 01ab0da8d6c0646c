/**
 * The only place that touches real time. Everything else gets a `Clock`, so that a test can move time instead of
 * waiting for it.
 */

export interface Clock {
  /** Wall-clock time, for people and for promises like "not before 03:00". It may jump. */
  now(): Date;
  /** Milliseconds since an arbitrary start, for durations. It never goes backwards. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds, or when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Resolves when the wall clock reaches `time`, also across suspend and clock jumps, or when `signal` aborts. */
  sleepUntil(time: Date, signal?: AbortSignal): Promise<void>;
}

/**
 * Timers stand still while a machine sleeps, and Node fires a timer beyond 2^31-1 ms immediately
 * (https://nodejs.org/api/timers.html#settimeoutcallback-delay-args). Long waits are therefore taken in steps.
 */
const MAX_STEP_MS = 60_000;

export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),

  async sleep(ms, signal) {
    const end = performance.now() + ms;
    for (let left = ms; left > 0 && !signal?.aborted; left = end - performance.now()) {
      await step(left, signal);
    }
  },

  async sleepUntil(time, signal) {
    for (let left = msUntil(time); left > 0 && !signal?.aborted; left = msUntil(time)) {
      await step(left, signal);
    }
  },
};

/** Resolves in the next turn of the event loop, when what was asked for in this one is done. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function msUntil(time: Date): number {
  return time.getTime() - Date.now();
}

/** Not `node:timers/promises`: it makes an error with a stack of each sleep that is cut short, which most are. */
function step(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(ms, MAX_STEP_MS));
    signal?.addEventListener('abort', end);
  });
}
