import { describe, expect, test } from 'vitest';
import { quietHours } from '../../../src/supervisor/quiet-hours.ts';
import { inZone } from './in-zone.ts';

/** Questions to one set of hours: when it is asked, and until when it is quiet then. */
async function ask(
  zone: string,
  expressions: readonly string[],
  cases: readonly (readonly [string, string])[],
) {
  const answers = await inZone(
    zone,
    cases.map(([at]) => ({ expressions, at })),
  );
  expect(answers).toEqual(cases.map(([, until]) => until));
}

describe('minutes of quiet hours', () => {
  test('quiet hours last from the first matching minute to the last', () =>
    ask(
      'UTC',
      ['* 9-17 * * 1-5'],
      [
        ['2026-03-02T08:59:59.999Z', 'loud'],
        ['2026-03-02T09:00:00.000Z', '2026-03-02T18:00:00.000Z'],
        ['2026-03-02T12:34:56.789Z', '2026-03-02T18:00:00.000Z'],
        ['2026-03-02T17:59:59.999Z', '2026-03-02T18:00:00.000Z'],
        ['2026-03-02T18:00:00.000Z', 'loud'],
        ['2026-03-07T12:00:00.000Z', 'loud'],
      ],
    ));

  test('quiet hours go over midnight and over several expressions as one time', () =>
    ask(
      'UTC',
      ['* 22-23 * * *', '* 0-5 * * *', '0-29 6 * * *'],
      [
        ['2026-03-01T23:00:00.000Z', '2026-03-02T06:30:00.000Z'],
        ['2026-03-02T03:00:00.000Z', '2026-03-02T06:30:00.000Z'],
        ['2026-03-02T06:30:00.000Z', 'loud'],
      ],
    ));

  test('quiet hours may be single minutes', () =>
    ask(
      'UTC',
      ['*/2 * * * *'],
      [
        ['2026-03-01T12:00:30.000Z', '2026-03-01T12:01:00.000Z'],
        ['2026-03-01T12:01:30.000Z', 'loud'],
      ],
    ));

  test('quiet hours follow the local clock, half hours too', () =>
    ask(
      'Asia/Kolkata',
      ['* 9 * * *'],
      [
        ['2026-03-02T03:29:00.000Z', 'loud'],
        ['2026-03-02T03:30:00.000Z', '2026-03-02T04:30:00.000Z'],
      ],
    ));
});

describe('quiet hours when the clocks change', () => {
  test('quiet hours skip an hour that is left out, and hold in the others', () =>
    ask(
      'America/New_York',
      ['* 1-3 * * *'],
      [
        ['2026-03-08T05:59:00.000Z', 'loud'],
        ['2026-03-08T06:00:00.000Z', '2026-03-08T08:00:00.000Z'],
        ['2026-03-08T07:59:00.000Z', '2026-03-08T08:00:00.000Z'],
        ['2026-03-08T08:00:00.000Z', 'loud'],
      ],
    ));

  test('quiet hours inside the hour left out do not come that day', () =>
    ask(
      'America/New_York',
      ['* 2 * * *'],
      [
        ['2026-03-08T06:59:00.000Z', 'loud'],
        ['2026-03-08T07:00:00.000Z', 'loud'],
        ['2026-03-09T06:30:00.000Z', '2026-03-09T07:00:00.000Z'],
      ],
    ));

  test('quiet hours in an hour that comes twice are quiet twice', () =>
    ask(
      'America/New_York',
      ['* 1 * * *'],
      [
        ['2026-11-01T04:59:00.000Z', 'loud'],
        ['2026-11-01T05:00:00.000Z', '2026-11-01T07:00:00.000Z'],
        ['2026-11-01T06:30:00.000Z', '2026-11-01T07:00:00.000Z'],
        ['2026-11-01T07:00:00.000Z', 'loud'],
      ],
    ));

  test('quiet hours keep working hours where they are on the wall clock', () =>
    ask(
      'Europe/Berlin',
      ['* 9-17 * * *'],
      [
        ['2026-03-28T08:00:00.000Z', '2026-03-28T17:00:00.000Z'],
        ['2026-03-29T07:00:00.000Z', '2026-03-29T16:00:00.000Z'],
        ['2026-10-24T07:00:00.000Z', '2026-10-24T16:00:00.000Z'],
        ['2026-10-25T08:00:00.000Z', '2026-10-25T17:00:00.000Z'],
      ],
    ));
});

describe('quiet hours without an end', () => {
  test('quiet hours have no end when it is more than a week away', () => {
    expect(quietHours(['* * * * *']).quietAt(new Date('2026-03-01T12:00:00Z'))).toEqual({ until: null });
  });

  test('quiet hours get their end when it comes near', () =>
    ask(
      'UTC',
      ['* * * 3 *'],
      [
        ['2026-02-28T23:59:00.000Z', 'loud'],
        ['2026-03-01T00:00:00.000Z', 'open'],
        ['2026-03-30T00:00:00.000Z', '2026-04-01T00:00:00.000Z'],
      ],
    ));

  test('quiet hours without an end are searched again after a while', () => {
    const hours = quietHours(['* * * * *']);
    const asked = [0, 1, 59, 60, 61, 600].map((minute) =>
      hours.quietAt(new Date(Date.UTC(2026, 2, 1, 12, minute))),
    );
    expect(asked.every((answer) => answer?.until === null)).toBe(true);
  });
});

test('quiet hours found for one time are not reported for another', () => {
  const hours = quietHours(['* * 1 * *']);
  const at = (day: number, hour: number, minute: number) =>
    hours.quietAt(new Date(2026, 2, day, hour, minute));
  const until = new Date(2026, 2, 2);
  expect(at(1, 12, 0)).toEqual({ until });
  expect(at(1, 23, 59)).toEqual({ until });
  expect(at(2, 0, 0)).toBeUndefined();
  expect(at(1, 12, 30)).toEqual({ until });
  expect(at(1, 11, 0)).toEqual({ until });
  expect(hours.quietAt(new Date(2026, 1, 28, 23, 59))).toBeUndefined();
});

test('quiet hours without an expression never come', () => {
  expect(quietHours([]).quietAt(new Date())).toBeUndefined();
});
