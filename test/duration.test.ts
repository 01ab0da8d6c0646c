import { describe, expect, test } from 'vitest';
import { type DurationLimits, durationRule, parseDuration } from '../src/duration.ts';

describe('duration', () => {
  test.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['45m', 2_700_000],
    ['2h', 7_200_000],
    ['3d', 259_200_000],
    ['1.5h', 5_400_000],
    ['2 h', 7_200_000],
    ['0s', 0],
    ['0.5ms', 1],
  ])('a duration %j is %i ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  test.each([
    '',
    '10',
    'h',
    '4 hours',
    '-1h',
    '1h30m',
    '1e3s',
    '.5h',
    '1,5h',
    ' 1h',
    '1h ',
    '2H',
    '1w',
    '99999d',
  ])('a duration %j is refused', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test('a duration keeps to the limits of its caller, both included', () => {
    const limits = { min: 1_000, max: 60_000 };
    expect(['999ms', '1s', '1m', '61s'].map((text) => parseDuration(text, limits))).toEqual([
      undefined,
      1_000,
      60_000,
      undefined,
    ]);
  });

  test.each<[DurationLimits, string]>([
    [{}, "a duration such as '30s', '10m' or '2h'"],
    [{ min: 10_000 }, "a duration of at least 10s, such as '30s', '10m' or '2h'"],
    [{ max: 3_600_000 }, "a duration of at most 1h, such as '30s', '10m' or '2h'"],
    [{ min: 1_000, max: 604_800_000 }, "a duration from 1s to 7d, such as '30s', '10m' or '2h'"],
  ])('a refused duration says what is allowed within %j', (limits, rule) => {
    expect(durationRule(limits)).toBe(rule);
  });
});
