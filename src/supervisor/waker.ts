/** Waits for work: a change by another process, an ended run, a given time, or half a minute. */
import type { ChangeFeed } from '../bridge/changes.ts';
import type { Clock } from '../clock.ts';

/**
 * Some conditions, such as free disk space, change without a notification. The monotonic clock bounds the wait: when
 * the time of day is set back, `wakeAt` may suddenly be a day away.
 */
const ROUND_MS = 30_000;

/** Waits until something may have changed. No wake-up is lost. */
export class Waker {
  readonly #feed: ChangeFeed;
  readonly #clock: Clock;
  #woken = false;
  #wakeUp: () => void = () => undefined;

  constructor(feed: ChangeFeed, clock: Clock) {
    this.#feed = feed;
    this.#clock = clock;
  }

  /** Ends the current wait, or the next one. */
  wake(): void {
    this.#woken = true;
    this.#wakeUp();
  }

  /** Waits for a wake-up, a change, `wakeAt`, or half a minute; returns early when `signal` aborts. */
  async wait(signal: AbortSignal, wakeAt: Date | undefined): Promise<void> {
    const done = new AbortController();
    const stop = AbortSignal.any([signal, done.signal]);
    const woken = new Promise<void>((resolve) => {
      this.#wakeUp = resolve;
      if (this.#woken) resolve();
    });
    const waits = [woken, this.#feed.changed(stop), this.#clock.sleep(ROUND_MS, stop)];
    if (wakeAt) waits.push(this.#clock.sleepUntil(wakeAt, stop));
    await Promise.race(waits);
    this.#woken = false;
    done.abort();
  }

  close(): void {
    this.#feed.close();
  }
}
