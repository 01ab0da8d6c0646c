/**
 * Whether a supervisor does its work, as it says so itself to whoever asks from outside. However often that is, it looks once
 * a second at most, at its store and its log.
 */
import type { Clock } from '../clock.ts';
import { isStoreError } from './bridge.ts';
import { currentLease, type HeldLease, isInForce } from './lease.ts';

/**
 * Why a supervisor does not do its work: its store cannot be read; another one holds the lease, or nobody; it has written
 * nothing to the store for too long; it cannot do something else, such as write its log.
 */
export type SupervisorTrouble = 'store_unavailable' | 'lease_lost' | 'lease_not_renewed' | 'degraded';

interface Watched {
  readonly lease: HeldLease;
  readonly clock: Clock;
  /** What the supervisor cannot do at the moment; null when it is healthy. */
  degradedReason(): string | null;
}

/** How old an answer may be. */
const MAX_AGE_MS = 1_000;
/** The lease is renewed every 10 seconds, and a renewal waits 5 for a lock. */
const MAX_SINCE_RENEWAL_MS = 15_000;

export class Health {
  readonly #watched: Watched;
  #found: Promise<SupervisorTrouble | null> | undefined;
  /** In monotonic milliseconds; endless while the store is being asked. */
  #goodUntil = Number.NEGATIVE_INFINITY;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  /** Why it does not do its work; null when it does. Throws what is no error of the store. */
  async trouble(): Promise<SupervisorTrouble | null> {
    const { clock } = this.#watched;
    if (this.#found === undefined || clock.monotonic() >= this.#goodUntil) {
      this.#goodUntil = Number.POSITIVE_INFINITY;
      this.#found = this.#look().finally(() => {
        this.#goodUntil = clock.monotonic() + MAX_AGE_MS;
      });
    }
    return this.#found;
  }

  async #look(): Promise<SupervisorTrouble | null> {
    const { lease, clock } = this.#watched;
    if (this.#watched.degradedReason() !== null) return 'degraded';
    try {
      const present = await currentLease(lease.bridge);
      if (present?.token !== lease.token) return 'lease_lost';
      const now = clock.now();
      const sinceRenewal = now.getTime() - Date.parse(present.renewedAt);
      const isFresh = isInForce(present, now) && sinceRenewal <= MAX_SINCE_RENEWAL_MS;
      return isFresh ? null : 'lease_not_renewed';
    } catch (error) {
      if (isStoreError(error)) return 'store_unavailable';
      throw error;
    }
  }
}
