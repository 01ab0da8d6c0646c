import { describe, expect, test } from 'vitest';
import { endOfPeriod, isPeriod, startOfPeriod, tightest } from '../../src/project/budget.ts';
import { NO_COST, sumCosts } from '../../src/project/costs.ts';

describe('the budget that ends a run first', () => {
  const run = { scope: 'run', limitUsd: 2, spent: NO_COST } as const;

  test('the budget with the least left counts, whatever its scope', () => {
    const project = { scope: 'project', limitUsd: 10, spent: sumCosts([8.5]) } as const;
    const day = { scope: 'day', limitUsd: 5, spent: sumCosts([1, 2]) } as const;
    expect(tightest([run, project, day])).toEqual({ scope: 'project', limitUsd: 10, leftUsd: 1.5 });
    expect(tightest([run, day])).toEqual({ scope: 'run', limitUsd: 2, leftUsd: 2 });
  });

  test('a run of unknown cost counts against the budget of a day, too', () => {
    const day = { scope: 'day', limitUsd: 5, spent: sumCosts([3, null]) } as const;
    expect(tightest([day])).toEqual({ scope: 'day', limitUsd: 5, leftUsd: -1 });
  });

  test('no budget ends no run', () => {
    expect(tightest([])).toBeUndefined();
  });

  test('only a day and a month bring a new budget by themselves', () => {
    expect(['run', 'project', 'day', 'month', undefined].map((scope) => isPeriod(scope as 'run'))).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
  });
});

test('a day and a month begin and end at midnight in local time, at the turn of a year, too', () => {
  const now = new Date(2026, 11, 31, 23, 59);
  expect(startOfPeriod('day', now)).toEqual(new Date(2026, 11, 31));
  expect(endOfPeriod('day', now)).toEqual(new Date(2027, 0, 1));
  expect(startOfPeriod('month', now)).toEqual(new Date(2026, 11, 1));
  expect(endOfPeriod('month', now)).toEqual(new Date(2027, 0, 1));
});
