import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { eventually } from './eventually.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const HUNDRED_YEARS_MS = 100 * 365 * 24 * 3_600_000;

describe('sleeping', () => {
  test('a sleep takes as long as asked for, by the clock that never goes back', async () => {
    const before = systemClock.monotonic();
    await systemClock.sleep(20);
    expect(systemClock.monotonic() - before).toBeGreaterThanOrEqual(20);
  });

  test.each([0, -1, Number.NEGATIVE_INFINITY])('a sleep of %d milliseconds is over at once', async (ms) => {
    await systemClock.sleep(ms);
  });

  test('a sleep ends when it is cancelled, without an error', async () => {
    const stop = new AbortController();
    const sleeping = systemClock.sleep(HUNDRED_YEARS_MS, stop.signal);
    stop.abort(new Error('enough'));
    await sleeping;
    await systemClock.sleep(HUNDRED_YEARS_MS, stop.signal);
  });

  test('a sleep longer than a timer can count does not end at once', async () => {
    const stop = new AbortController();
    let awake = false;
    const sleeping = systemClock.sleep(HUNDRED_YEARS_MS, stop.signal).then(() => {
      awake = true;
    });
    await systemClock.sleep(20);
    expect(awake).toBe(false);
    stop.abort();
    await sleeping;
  });
});

describe('sleeping until a time', () => {
  test('a sleep until a time ends when the wall clock shows it', async () => {
    const time = new Date(Date.now() + 20);
    await systemClock.sleepUntil(time);
    expect(systemClock.now().getTime()).toBeGreaterThanOrEqual(time.getTime());
  });

  test('a sleep until a past time is over at once', async () => {
    await systemClock.sleepUntil(new Date(0));
  });

  test('a sleep until a time ends when it is cancelled, without an error', async () => {
    const stop = new AbortController();
    const sleeping = systemClock.sleepUntil(new Date(Date.now() + HUNDRED_YEARS_MS), stop.signal);
    stop.abort();
    await sleeping;
  });

  test('a sleep until a time goes on when the wall clock was set back meanwhile', async () => {
    const start = Date.now();
    const shown = vi.spyOn(Date, 'now').mockReturnValue(start);
    const sleeping = systemClock.sleepUntil(new Date(start + 10));
    const looks = () => shown.mock.calls.length;
    // The timer is over, but by the wall clock no time has passed: it looks again and again.
    await eventually(() => expect(looks()).toBeGreaterThan(2));
    shown.mockReturnValue(start + 3_600_000);
    await sleeping;
  });
});
