/** A run between its claim and its process: its folder is being prepared. */

import { ordersFor } from '../../bridge/runs.ts';
import type { Outcome } from '../../project/outcome.ts';
import type { Run } from '../../project/run.ts';
import type { Context } from '../context.ts';
import { retryTransient } from '../transient.ts';

export class StartingRun {
  readonly run: Run;
  /** Resolves when it has ended, or its process is followed. Rejects only with an error that ends the supervisor. */
  readonly ended: Promise<void>;
  readonly #context: Context;
  readonly #stop = new AbortController();

  /** @param start Starts it, unless its signal aborts before: the reason of that is the outcome of the run. */
  constructor(context: Context, run: Run, start: (stop: AbortSignal) => Promise<void>) {
    this.#context = context;
    this.run = run;
    this.ended = start(this.#stop.signal);
  }

  /** Stops it when the person has called the project off. Throws StoreError. */
  async attend(): Promise<void> {
    const { cancelled } = await retryTransient(this.#context, () =>
      ordersFor(this.#context.bridge, this.run),
    );
    if (cancelled) await this.stop({ kind: 'cancelled' });
  }

  async stop(reason: Outcome): Promise<void> {
    this.#stop.abort(reason);
  }
}
