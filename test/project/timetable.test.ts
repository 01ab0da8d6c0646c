import { describe, expect, test } from 'vitest';
import {
  isCron,
  isTimezone,
  newestSlot,
  nextSlot,
  shortestIntervalMs,
  slotDue,
} from '../../src/project/timetable.ts';

const BERLIN = 'Europe/Berlin';
const HOUR = 3_600_000;
const at = (text: string) => new Date(text);

function slots(cron: string, timezone: string, from: string, count: number): (string | undefined)[] {
  const found: (string | undefined)[] = [];
  let slot: Date | undefined = at(from);
  for (let n = 0; n < count && slot; n += 1) {
    slot = nextSlot({ cron, timezone }, slot);
    found.push(slot?.toISOString());
  }
  return found;
}

describe('the slots of a timetable', () => {
  test.each<[string, string, string, string[]]>([
    // The clocks go forward at 02:00: 02:30 does not exist on the 29th.
    ['30 2 * * *', BERLIN, '2026-03-28T12:00:00Z', ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z']],
    // They go back at 03:00: 02:30 comes twice on the 25th.
    ['30 2 * * *', BERLIN, '2026-10-24T12:00:00Z', ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']],
    ['0 6 * * 1', BERLIN, '2026-10-20T00:00:00Z', ['2026-10-26T05:00:00.000Z', '2026-11-02T05:00:00.000Z']],
    ['0 2 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00:00Z', ['2026-04-04T15:30:00.000Z']],
    ['0 0 29 2 *', 'UTC', '2026-03-01T00:00:00Z', ['2028-02-29T00:00:00.000Z']],
  ])('%s in %s comes at its local time, once, whatever the clocks do', (cron, timezone, from, expected) => {
    expect(slots(cron, timezone, from, expected.length)).toEqual(expected);
  });

  test('the newest slot of a time is found, and none outside it', () => {
    const daily = { cron: '0 6 * * *', timezone: 'UTC' };
    const newest = (after: string, until: string) => newestSlot(daily, at(after), at(until))?.toISOString();
    expect(newest('2026-03-01T00:00:00Z', '2026-03-03T06:00:00Z')).toBe('2026-03-03T06:00:00.000Z');
    expect(newest('2026-03-01T06:00:00Z', '2026-03-02T05:59:59Z')).toBeUndefined();
  });

  test.each([
    ['* * * * *', 'UTC'],
    ['*/7 6-7 * * 1-5', BERLIN],
    ['30 2 * * *', BERLIN],
    ['0 0 1 * *', 'Australia/Lord_Howe'],
    ['0 0 29 2 *', 'UTC'],
  ])('the newest slot of %s in %s is the last one of those that are stepped through', (cron, timezone) => {
    for (const [after, days] of [
      ['2026-10-24T00:00:00Z', 2.1],
      ['2026-03-27T22:10:00Z', 3],
      ['2028-02-27T00:00:00Z', 4],
    ] as const) {
      const until = new Date(at(after).getTime() + days * 24 * HOUR);
      let expected: Date | undefined;
      for (let slot = nextSlot({ cron, timezone }, at(after)); slot && slot <= until; ) {
        expected = slot;
        slot = nextSlot({ cron, timezone }, slot);
      }
      expect(newestSlot({ cron, timezone }, at(after), until)).toEqual(expected);
    }
  });

  test('the newest of a year of slots, one each minute, is found in a moment', () => {
    const often = { cron: '* * * * *', timezone: BERLIN };
    const newest = newestSlot(often, at('2026-01-01T00:00:00Z'), at('2026-12-31T23:59:30Z'));
    expect(newest?.toISOString()).toBe('2026-12-31T23:59:00.000Z');
  });

  test('the newest of missed slots is due, unless it is too old or was taken up, also by a clock that was ahead', () => {
    const daily = { cron: '0 6 * * *', timezone: 'UTC' };
    const due = (last: string, now: string, catchUpMs = 24 * HOUR) =>
      slotDue(daily, at(last), at(now), catchUpMs)?.toISOString();
    expect(due('2026-03-01T06:00:00Z', '2026-03-05T18:00:00Z')).toBe('2026-03-05T06:00:00.000Z');
    expect(due('2026-03-01T06:00:00Z', '2026-03-05T18:00:00Z', 11 * HOUR)).toBeUndefined();
    expect(due('2026-03-01T06:00:00Z', '2026-03-05T18:00:00Z', 12 * HOUR)).toBe('2026-03-05T06:00:00.000Z');
    expect(due('2026-03-05T06:00:00Z', '2026-03-05T18:00:00Z')).toBeUndefined();
    expect(due('2026-03-09T06:00:00Z', '2026-03-05T18:00:00Z')).toBeUndefined();
  });

  test.each([
    ['0 * * * *', HOUR],
    ['0,30 6 * * *', HOUR / 2],
    ['* * * * *', 60_000],
    ['0 6 * * *', 23 * HOUR],
    ['0 6 1 1 *', 365 * 24 * HOUR],
  ])('%s comes %i ms apart at the closest', (cron, expected) => {
    expect(shortestIntervalMs({ cron, timezone: BERLIN }, at('2026-01-01T00:00:00Z'))).toBe(expected);
  });

  test.each([
    '0 6 * * 1',
    '*/5 * * * *',
    '0 6 * * MON-FRI',
    '0 6 L * *',
  ])('%s is a cron expression', (text) => {
    expect(isCron(text)).toBe(true);
  });

  test.each([
    '',
    'x',
    '0 6 * *',
    '0 0 6 * * 1',
    '@daily',
    '60 * * * *',
    '0 6 * * 8',
    '0 0 30 2 *',
    '0 6 * * 1; rm',
  ])('%j is no cron expression of five fields with a time to come', (text) => {
    expect(isCron(text)).toBe(false);
  });

  test('a time zone has the name that the tables of IANA give it', () => {
    expect(['Europe/Berlin', 'UTC', 'America/New_York'].every(isTimezone)).toBe(true);
    expect(['Mars/Base', '', 'Berlin'].some(isTimezone)).toBe(false);
  });
});
