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

const spent = (quotas: readonly Quota[], reservePercent: number) =>
  spentReserve(quotas, reservePercent, NOW)?.window;

describe('the owner’s reserve', () => {
  test('the reserve is touched exactly at its share', () => {
    expect(spent([quota(0.7999)], 20)).toBeUndefined();
    expect(spent([quota(0.8)], 20)).toBe('five_hour');
    expect(spent([quota(1.2)], 20)).toBe('five_hour');
  });

  test('the reserve is of every window', () => {
    expect(spent([quota(0.1), quota(0.9, { window: 'seven_day' })], 20)).toBe('seven_day');
  });

  test('the reserve is not touched by unknown usage', () => {
    expect(spent([], 20)).toBeUndefined();
    expect(spent([quota(null)], 20)).toBeUndefined();
    expect(spent([quota(0.9, { resetsAt: null })], 20)).toBeUndefined();
  });

  test('the reserve is whole again when the window has been reset', () => {
    expect(spent([quota(0.9, { resetsAt: '2026-03-01T12:00:00.001Z' })], 20)).toBe('five_hour');
    expect(spent([quota(0.9, { resetsAt: '2026-03-01T12:00:00.000Z' })], 20)).toBeUndefined();
  });
});

describe('usage windows of models', () => {
  test.each([
    ['five_hour', 'claude-opus-5', ''],
    ['seven_day', 'claude-opus-5', ''],
    ['seven_day_opus', 'claude-opus-5', 'opus'],
    ['seven_day_opus', 'claude-haiku-4-5', 'opus'],
    ['seven_day_sonnet', null, 'sonnet'],
    ['five_hour_fable', null, 'fable'],
    ['seven_day_overage_included', 'claude-fable-5-2', 'fable'],
    ['overage', 'claude-fable-5-2', 'fable'],
    ['thirty_day', 'us.anthropic.claude-Sonnet-5', 'sonnet'],
    ['unknown', 'claude-opus-5', 'opus'],
    ['thirty_day', 'llama-9', 'llama-9'],
    ['thirty_day', null, 'thirty_day'],
    ['a window\nin words', null, 'unknown'],
  ])('%s, met with the model %s, holds %j and never more', (window, model, family) => {
    expect(limitedFamily(window, model)).toBe(family);
  });

  test('a usage window of one model says nothing of the reserve', () => {
    expect(
      spent([quota(1, { window: 'seven_day_overage_included' }), quota(1, { window: 'overage' })], 20),
    ).toBeUndefined();
  });
});
