/** What looks wrong for a moment is none: a landing is under way, a killed process is listed. What stays is. */

export class Suspicions {
  readonly #since = new Map<string, number>();

  /** Takes what one look at something has found; returns what has been found by every look for as long as this. */
  standing(about: string, found: readonly string[], forMs: number): string[] {
    const now = Date.now();
    const keys = new Set(found.map((what) => `${about} ${what}`));
    for (const key of this.#since.keys())
      if (key.startsWith(`${about} `) && !keys.has(key)) this.#since.delete(key);
    for (const key of keys) if (!this.#since.has(key)) this.#since.set(key, now);
    return found.filter((what) => now - (this.#since.get(`${about} ${what}`) ?? now) >= forMs);
  }
}
