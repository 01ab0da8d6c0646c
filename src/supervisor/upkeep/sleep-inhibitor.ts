/** Keeps the machine awake while runs are under way. Where it cannot, it logs that once, and work goes on. */
import type { Environment } from '../../environment.ts';
import { inhibitSleep } from '../../machine/sleep-inhibitor.ts';
import type { Context } from '../context.ts';
import type { Upkeep } from './upkeep.ts';

const RETRY_MS = 10 * 60_000;

export class SleepInhibitor implements Upkeep {
  readonly #context: Pick<Context, 'clock' | 'config' | 'env' | 'log'>;
  #release: AbortController | undefined;
  #released = Promise.resolve();
  #isReported = false;
  /** Before this time, in monotonic milliseconds, nothing is tried again: a refusal costs two processes. */
  #retryAt = Number.NEGATIVE_INFINITY;

  constructor(context: Pick<Context, 'clock' | 'config' | 'env' | 'log'>) {
    this.#context = context;
  }

  tick(activeRuns: number): void {
    if (activeRuns === 0) {
      this.#release?.abort();
      this.#release = undefined;
    } else if (this.#isWanted && !this.#release) {
      this.#release = new AbortController();
      const [before, now] = [this.#released, this.#inhibit(this.#release.signal)];
      this.#released = now.then(() => before);
    }
  }

  get #isWanted(): boolean {
    const { clock, config } = this.#context;
    return config.keep_awake && clock.monotonic() >= this.#retryAt;
  }

  /** Resolves when nothing of ours keeps the machine awake. */
  async close(): Promise<void> {
    this.tick(0);
    await this.#released;
  }

  async #inhibit(signal: AbortSignal): Promise<void> {
    const { clock, env, log } = this.#context;
    const failure = await inhibitSleep({ env: withoutOurs(env), clock, signal }).catch(
      (error: Error) => error.message,
    );
    if (failure === undefined) return;
    this.#retryAt = clock.monotonic() + RETRY_MS;
    if (this.#isReported) return;
    this.#isReported = true;
    log.warn(
      'awake.unavailable',
      { reason: failure },
      'the machine may go to sleep while runs are under way; set keep_awake to false to silence this warning',
    );
  }
}

/** Above all not the mark of a run, should a run have started us. */
function withoutOurs(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('BRIDGE_')));
}
