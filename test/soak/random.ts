/** Randomness that repeats: the same seed makes the same intentions, whatever the machine makes of them. */

export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** One of the keys, as often as its weight says. */
  weighted<Key extends string>(weights: Readonly<Record<Key, number>>): Key;
  /** A wait of this mean, as between events that know nothing of each other. */
  wait(meanMs: number): number;
}

/** Each actor takes its own stream, so that what one of them waits for does not change what another one wants. */
export function randomStream(seed: number, name: string): Random {
  let state = hash(`${seed} ${name}`);
  // Mulberry32 (https://gist.github.com/tommyettinger/46a874533244883189143505d203312c, public domain).
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    whole,
    chance: (probability) => next() < probability,
    pick: (list) => list[whole(0, list.length - 1)] ?? list[0],
    weighted: (weights) => weighted(weights, next()),
    wait: (meanMs) => -Math.log(1 - next()) * meanMs,
  };
}

function weighted<Key extends string>(weights: Readonly<Record<Key, number>>, random: number): Key {
  const entries = Object.entries(weights) as [Key, number][];
  let left = random * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [key, weight] of entries) {
    left -= weight;
    if (left < 0) return key;
  }
  throw new Error('nothing to choose from');
}

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/). */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
