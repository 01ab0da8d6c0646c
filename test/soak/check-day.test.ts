import { expect, test } from 'vitest';
import { type LimitedDay, mostOfDay, spentBy } from './check-day.ts';

const DAY: LimitedDay = {
  limitUsd: 1,
  spentUsd: 0.5,
  priceUsd: 0.125,
  runs: 3,
  unlimited: 0,
  wasAlone: false,
};

test('the soak allows a message of each run beyond the budget of a day, and beyond what was spent before it', () => {
  expect(mostOfDay(DAY)).toBe(1.375);
  expect(mostOfDay({ ...DAY, runs: 0 })).toBe(1);
  expect(mostOfDay({ ...DAY, spentUsd: 1.5 })).toBe(1.875);
  expect(mostOfDay({ ...DAY, unlimited: 2 })).toBe(1.375);
});

test('the soak allows each run what was left as it began where nobody was there to end it, and says nothing of runs without a limit', () => {
  expect(mostOfDay({ ...DAY, wasAlone: true })).toBe(2.375);
  expect(mostOfDay({ ...DAY, wasAlone: true, runs: 1 })).toBe(1.125);
  expect(mostOfDay({ ...DAY, wasAlone: true, unlimited: 1 })).toBe(Number.POSITIVE_INFINITY);
});

test('the soak counts what a run under way has asked for by a moment, though the store does not know it yet', () => {
  const at = new Date('2026-03-01T12:10:00.000Z');
  const created_at = '2026-03-01T12:00:00.000Z';
  const minute = (n: number) => Date.parse(created_at) + n * 60_000;
  const spent = (ended_at: string | null, cost_usd: number | null) =>
    spentBy([{ created_at, ended_at, cost_usd }], at, 0.125, () => [-1, 1, 2, 9, 11].map(minute));
  expect(spent(null, 0)).toBe(0.375);
  expect(spent('2026-03-01T12:11:00.000Z', 0.5)).toBe(0.375);
  expect(spent('2026-03-01T12:09:00.000Z', 0.5)).toBe(0.5);
  expect(spent('2026-03-01T12:09:00.000Z', null)).toBe(0);
});
