/** What the supervisor sleeps on: a change made by another process, a run that ended, or an appointment. */
import type { ChangeFeed } from '../bridge/attending.ts';
import type { Clock } from '../clock.ts';

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
    const waits = [woken, this.#feed.changed(stop)];
    if (appointment) waits.push(this.#clock.sleepUntil(appointment, stop));
    await Promise.race(waits);
    this.#woken = false;
    done.abort();
  }

  close(): void {
    this.#feed.close();
  }
}
