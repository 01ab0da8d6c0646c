/** What the supervisor sleeps on: a change made by another process, a run that ended, an appointment, or half a minute. */
import type { ChangeFeed } from '../bridge/changes.ts';
import type { Clock } from '../clock.ts';

/**
 * Circumstances such as free disk space change without telling anyone. By the monotonic clock: an appointment may be a
 * day away all of a sudden, when the time of day is set back.
 */
const ROUND_MS = 30_000;

export class Waker {
  readonly #feed: ChangeFeed;
  readonly #clock: Clock;
  #woken = false;
  #wakeUp: () => void = () => undefined;

  constructor(feed: ChangeFeed, clock: Clock) {
    this.#feed = feed;
    this.#clock = clock;
  }

  /** Ends the wait under way, or the next one: no wake-up is lost. */
  wake(): void {
    this.#woken = true;
    this.#wakeUp();
  }

  async wait(signal: AbortSignal, appointment: Date | undefined): Promise<void> {
    const done = new AbortController();
    const stop = AbortSignal.any([signal, done.signal]);
    const woken = new Promise<void>((resolve) => {
      this.#wakeUp = resolve;
      if (this.#woken) resolve();
    });
    const waits = [woken, this.#feed.changed(stop), this.#clock.sleep(ROUND_MS, stop)];
    if (appointment) waits.push(this.#clock.sleepUntil(appointment, stop));
    await Promise.race(waits);
    this.#woken = false;
    done.abort();
  }

  close(): void {
    this.#feed.close();
  }
}
