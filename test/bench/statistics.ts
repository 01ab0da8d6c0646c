/** The nearest-rank percentile: a value that was measured, never one in between. `p` in (0, 100]. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(Math.ceil((p / 100) * sorted.length), 1) - 1];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/**
 * Does each of `ways` this many times, by turns, so that whatever else the machine is busy with meets them all. Returns
 * what each took.
 */
export async function byTurns<Way extends string, T>(
  times: number,
  ways: Readonly<Record<Way, () => Promise<T>>>,
): Promise<Record<Way, T[]>> {
  const names = Object.keys(ways) as Way[];
  const found = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Way, T[]>;
  for (let turn = 0; turn < times; turn++) {
    // Who comes first changes too: those after it find warmer caches.
    const first = turn % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)])
      found[name].push(await ways[name]());
  }
  return found;
}
