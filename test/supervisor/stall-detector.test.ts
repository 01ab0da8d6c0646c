import { describe, expect, test } from 'vitest';
import { observe, type Sample } from '../../src/supervisor/upkeep/stall-detector.ts';

const EVERY_MS = 5_000;
const HOURS = 3_600_000;

/** Looks at these times, each with what the loop has counted up to by then. */
function looks(...seen: readonly (readonly [at: number, pulse: number])[]): Sample {
  const first: Sample = { pulse: 0, at: 0, stillMs: 0 };
  return seen.reduce((last, [at, pulse]) => observe(last, pulse, at, EVERY_MS), first);
}

describe('blocked time of an event loop', () => {
  test('the blocked time grows from sample to sample while the loop does not count', () => {
    expect(looks([5_000, 0], [10_000, 0], [16_000, 0]).stillMs).toBe(16_000);
  });

  test('the blocked time is zero as soon as the loop has counted', () => {
    expect(looks([5_000, 0], [10_000, 0], [15_000, 1]).stillMs).toBe(0);
    expect(looks([5_000, 0], [10_000, 1], [15_000, 1]).stillMs).toBe(5_000);
  });

  test('the blocked time hardly grows over a time in which nobody could sample', () => {
    expect(looks([5_000, 0], [5_000 + 8 * HOURS, 0]).stillMs).toBe(15_000);
    expect(looks([5_000, 0], [5_000 + 8 * HOURS, 0], [10_000 + 8 * HOURS, 1]).stillMs).toBe(0);
  });
});
