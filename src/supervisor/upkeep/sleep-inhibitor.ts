/** Keeps the machine awake during runs. Where that fails, it logs it once and work continues. */
import type { Environment } from '../../environment.ts';
import { inhibitSleep } from '../../machine/sleep-inhibitor.ts';
import type { Context } from '../context.ts';
import type { Upkeep } from './upkeep.ts';

const RETRY_MS = 10 * 60_000;

/** Holds a sleep inhibitor of the system while runs are active. */
export class SleepInhibitor implements Upkeep {
  readonly #context: Pick<Context, 'clock' | 'config' | 'env' | 'log'>;
  #release: AbortController | undefined;
  #released = Promise.resolve();
  #isReported = false;
  /** No retry before this time, in monotonic milliseconds: each failure costs two processes. */
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

  /** Releases the inhibitor. Resolves when its process has ended. */
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
      'the machine may sleep during runs; set keep_awake to false to silence this warning',
    );
  }
}

/** The environment of the inhibitor. It must not contain the mark of a run, which it would have if a run started us. */
function withoutOurs(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('BRIDGE_')));
}
