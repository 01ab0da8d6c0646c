/** How many requests are being answered. */

export class UnderWay {
  #count = 0;
  #waiting: (() => void)[] = [];

  /** Runs one. Settles as it does. */
  async run<T>(answer: () => T | Promise<T>): Promise<T> {
    this.#count += 1;
    try {
      return await answer();
    } finally {
      this.#count -= 1;
      if (this.#count === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  /** Resolves when none is. */
  async over(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
