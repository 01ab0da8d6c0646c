/** Settles scripts whose server was killed, and removes the record of old ones. */
import { tidyScriptRuns } from '../../bridge/script-runs.ts';
import { settleScripts } from '../../scripts/settle-scripts.ts';
import type { Context } from '../context.ts';
import { retryTransient } from '../transient.ts';
import type { Upkeep } from './upkeep.ts';

const LOOK_MS = 60_000;
const TIDY_MS = 24 * 3_600_000;

/** Looks at the start, and then at most once a minute. */
export class LeftScripts implements Upkeep {
  readonly #context: Context;
  /** In monotonic milliseconds, both. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  #tidiedAt = Number.NEGATIVE_INFINITY;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Throws StoreError. */
  async tick(): Promise<void> {
    const { bridge, clock, config, log } = this.#context;
    const now = clock.monotonic();
    if (now - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = now;
    const settled = await retryTransient(this.#context, () => settleScripts(bridge));
    for (const { id, script } of settled) log.warn('script.indeterminate', { id, script });
    if (now - this.#tidiedAt < TIDY_MS) return;
    this.#tidiedAt = now;
    await retryTransient(this.#context, () => tidyScriptRuns(bridge, config.scripts.keep_days));
  }

  async close(): Promise<void> {
    // Nothing to wait for: the next look settles the rest.
  }
}
