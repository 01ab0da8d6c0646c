/** The machine stays awake while runs are under way. Where that cannot be had, it is said once, and work goes on. */
import { inhibitSleep } from '../../machine/sleep-inhibitor.ts';
import type { Context } from '../context.ts';

export class Wakefulness {
  readonly #context: Context;
  #letGo: AbortController | undefined;
  #done = Promise.resolve();
  #told = false;

  constructor(context: Context) {
    this.#context = context;
  }

  /**
   * Whether there is a reason to stay awake. To be called when new runs have taken the place of ended ones, so that
   * nothing is let go between the two.
   */
  follow(underWay: boolean): void {
    if (!underWay) {
      this.#letGo?.abort();
      this.#letGo = undefined;
    } else if (this.#context.config.keep_awake && !this.#letGo) {
      this.#letGo = new AbortController();
      const [before, now] = [this.#done, this.#stay(this.#letGo.signal)];
      this.#done = now.then(() => before);
    }
  }

  /** Resolves when nothing of ours keeps the machine awake. */
  async close(): Promise<void> {
    this.follow(false);
    await this.#done;
  }

  async #stay(signal: AbortSignal): Promise<void> {
    const { clock, env, log } = this.#context;
    const failure = await inhibitSleep({ env: withoutOurs(env), clock, signal }).catch(
      (error: Error) => error.message,
    );
    if (failure === undefined || this.#told) return;
    this.#told = true;
    log.warn(
      'awake.unavailable',
      { reason: failure },
      'the machine may go to sleep while runs are under way; with keep_awake set to false nothing tries to prevent that',
    );
  }
}

/** Least of all the mark of a run, should we be started by one. */
function withoutOurs(env: Context['env']): Context['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('BRIDGE_')));
}
