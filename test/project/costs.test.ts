import { expect, test } from 'vitest';
import { chargedUsd, describeCosts, sumCosts } from '../../src/project/costs.ts';

test('a run of unknown cost is never counted as nothing, but as the dearest run, at least as a tenth of the budget', () => {
  expect(chargedUsd(sumCosts([0.5, 0.25]), 10)).toBe(0.75);
  expect(chargedUsd(sumCosts([0.5, null, 2]), 10)).toBe(4.5);
  expect(chargedUsd(sumCosts([null]), 10)).toBe(1);
  expect(chargedUsd(sumCosts([0.5, null, null]), 10)).toBe(2.5);
});

test('a sum with unknown parts says so', () => {
  expect(describeCosts(sumCosts([0.5, 0.25]))).toBe('$0.75');
  expect(describeCosts(sumCosts([0.5, null]))).toBe('$0.50 (the cost of 1 run is unknown)');
  expect(describeCosts(sumCosts([null, null]))).toBe('$0.00 (the cost of 2 runs is unknown)');
});
