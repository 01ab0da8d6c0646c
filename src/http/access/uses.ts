/** Writes down when each credential was last used. Nobody waits for it, and a store that cannot take it loses nothing. */
import type { Bridge } from '../../bridge/bridge.ts';
import { noteUse } from '../../bridge/credentials.ts';
import type { Clock } from '../../clock.ts';

/** A use that is noted so lately is not noted again. */
const INTERVAL_MS = 5 * 60_000;

export class Uses {
  readonly #bridge: Bridge;
  readonly #clock: Clock;
  readonly #noted = new Map<string, number>();
  readonly #writing = new Set<Promise<void>>();

  constructor(bridge: Bridge, clock: Clock) {
    this.#bridge = bridge;
    this.#clock = clock;
  }

  note(name: string): void {
    const now = this.#clock.monotonic();
    const before = this.#noted.get(name);
    if (before !== undefined && now - before < INTERVAL_MS) return;
    this.#noted.set(name, now);
    const writing = noteUse(this.#bridge, name)
      .catch(() => void this.#noted.delete(name))
      .finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  /** Waits until nothing is being written any more. */
  async close(): Promise<void> {
    await Promise.all(this.#writing);
  }
}
