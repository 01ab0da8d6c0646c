/** How often may be tried: failed sign-ins of an address, and writes of a credential, in the last minute. */
import type { Clock } from '../../clock.ts';

const WINDOW_MS = 60_000;
const MAX_FAILURES = 10;
const MAX_WRITES = 120;
/** Beyond it the oldest is forgotten: memory stays bounded whoever calls. */
const MAX_SUBJECTS = 1_000;

export class Pace {
  readonly #clock: Clock;
  readonly #failures = new Map<string, number[]>();
  readonly #writes = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes a sign-in that failed. Returns after how many seconds the next may be tried; 0: now. */
  failed(address: string): number {
    return this.#note(this.#failures, address, MAX_FAILURES);
  }

  /** Notes a write. Returns after how many seconds it may be tried again; 0: it may go on. */
  wrote(credential: string): number {
    return this.#note(this.#writes, credential, MAX_WRITES);
  }

  #note(times: Map<string, number[]>, subject: string, max: number): number {
    const now = this.#clock.monotonic();
    const recent = (times.get(subject) ?? []).filter((time) => time > now - WINDOW_MS);
    times.delete(subject);
    times.set(subject, recent);
    const [forgotten] = times.size > MAX_SUBJECTS ? times.keys() : [];
    if (forgotten !== undefined) times.delete(forgotten);
    const [oldest] = recent;
    if (recent.length < max || oldest === undefined) {
      recent.push(now);
      return 0;
    }
    return Math.ceil((oldest + WINDOW_MS - now) / 1_000);
  }
}
