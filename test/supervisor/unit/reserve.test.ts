import { describe, expect, test } from 'vitest';
import { limitedFamily, type Quota, spentReserve } from '../../../src/project/quota.ts';

const NOW = new Date('2026-03-01T12:00:00Z');

function quota(utilization: number | null, fields: Partial<Quota> = {}): Quota {
  const resetsAt = '2026-03-01T15:00:00.000Z';
  return {
    window: 'five_hour',
    utilization,
    status: 'allowed',
    resetsAt,
    seenAt: NOW.toISOString(),
    ...fields,
  };
}

const spent = (quotas: readonly Quota[], leavePercent: number) =>
  spentReserve(quotas, leavePercent, NOW)?.window;

describe('the share of a window that is left for the owner', () => {
  test('is touched from the very share on', () => {
    expect(spent([quota(0.7999)], 20)).toBeUndefined();
    expect(spent([quota(0.8)], 20)).toBe('five_hour');
    expect(spent([quota(1.2)], 20)).toBe('five_hour');
  });

  test('is of every window', () => {
    expect(spent([quota(0.1), quota(0.9, { window: 'seven_day' })], 20)).toBe('seven_day');
  });

  test('is not touched by what is not known', () => {
    expect(spent([], 20)).toBeUndefined();
    expect(spent([quota(null)], 20)).toBeUndefined();
    expect(spent([quota(0.9, { resetsAt: null })], 20)).toBeUndefined();
  });

  test('is whole again when the window has been reset', () => {
    expect(spent([quota(0.9, { resetsAt: '2026-03-01T12:00:00.001Z' })], 20)).toBe('five_hour');
    expect(spent([quota(0.9, { resetsAt: '2026-03-01T12:00:00.000Z' })], 20)).toBeUndefined();
  });
});

test.each([
  ['seven_day_opus', 'opus'],
  ['seven_day_sonnet', 'sonnet'],
  ['seven_day_haiku', 'haiku'],
  ['seven_day', ''],
  ['five_hour', ''],
  ['seven_day_overage_included', ''],
  ['overage', ''],
  ['unknown', ''],
])('the window %s limits the family %j', (window, family) => {
  expect(limitedFamily(window)).toBe(family);
});
