/** Quiet hours, asked at any times in any order, against a reading of the expressions minute by minute. */
import { expect, test } from 'vitest';
import { quietHours } from '../../../src/supervisor/quiet-hours.ts';
import { fc } from '../../property.ts';

const MINUTE = 60_000;
const WEEK = 7 * 24 * 60;
/** How late an end may be found that was more than a week away. */
const OPEN_FOR = 60;
const START = Date.parse('2026-03-23T00:00:00Z');

interface Hours {
  readonly minutes: readonly [number, number];
  readonly hours: readonly [number, number];
  readonly days: readonly [number, number];
}

const range = (max: number) =>
  fc
    .tuple(fc.nat(max), fc.nat(max))
    .map(([one, other]): [number, number] => [Math.min(one, other), Math.max(one, other)]);
const whole = (max: number) => fc.constant<[number, number]>([0, max]);
const hours: fc.Arbitrary<Hours> = fc.record({
  minutes: fc.oneof(whole(59), range(59)),
  // Seldom all day: to look for an end a week ahead takes a tenth of a second.
  hours: fc.oneof({ weight: 1, arbitrary: whole(23) }, { weight: 15, arbitrary: range(23) }),
  days: fc.oneof(whole(6), range(6)),
});

const expression = ({ minutes, hours, days }: Hours) =>
  `${minutes.join('-')} ${hours.join('-')} * * ${days.join('-')}`;

function matches({ minutes, hours, days }: Hours, minute: number): boolean {
  const at = new Date(minute);
  const isIn = (value: number, [from, to]: readonly [number, number]) => from <= value && value <= to;
  return isIn(at.getMinutes(), minutes) && isIn(at.getHours(), hours) && isIn(at.getDay(), days);
}

/** The minutes until the first loud one, or `most`. */
function quietFor(all: readonly Hours[], minute: number, most: number): number {
  let ahead = 0;
  while (ahead < most && all.some((one) => matches(one, minute + ahead * MINUTE))) ahead++;
  return ahead;
}

test('quiet hours are the minutes that an expression matches, until the first that none does, in whatever order it is asked', () => {
  const times = fc.array(fc.integer({ min: 0, max: 10 * 24 * 60 * MINUTE }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(hours, { maxLength: 3 }), times, (all, offsets) => {
      const quiet = quietHours(all.map(expression));
      for (const offset of offsets) {
        const now = new Date(START + offset);
        const minute = Math.floor(now.getTime() / MINUTE) * MINUTE;
        const length = quietFor(all, minute, WEEK + OPEN_FOR);
        const answer = quiet.quietAt(now);
        if (length === 0) expect(answer).toBeUndefined();
        else if (answer?.until) expect(answer.until).toEqual(new Date(minute + length * MINUTE));
        else expect(length).toBeGreaterThanOrEqual(WEEK - OPEN_FOR);
      }
    }),
    // A value takes as long as a hundred elsewhere.
    { numRuns: 100 },
  );
});
