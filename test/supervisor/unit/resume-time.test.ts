import { describe, expect, test } from 'vitest';
import { resumeTime } from '../../../src/project/resume-time.ts';
import { inZone } from './in-zone.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const inMinutes = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
/** After a run of an hour. */
const resume = (minutes: number, random = 0, notBefore: string | null = null) =>
  resumeTime({ resetsAt: inMinutes(minutes), metBy: inMinutes(-60) }, NOW, random, notBefore);
const waits = (minutes: number, random: number) =>
  resume(minutes, random).getTime() - inMinutes(minutes).getTime();

describe('after a usage limit', () => {
  test('work goes on at the reset, or some moments later', () => {
    expect(waits(300, 0)).toBe(0);
    expect(waits(300, 0.5)).toBe(15_000);
    expect(waits(300, 0.999)).toBeLessThan(30_000);
  });

  test('those moments are at most a twentieth of the wait', () => {
    expect(waits(1, 0.5)).toBe(1_500);
    expect(waits(10, 0.5)).toBe(15_000);
  });

  test('a reset that came while the run was under way is not waited for, however late it is seen', () => {
    expect(resume(-5)).toEqual(NOW);
    expect(resume(-59.9, 0.999)).toEqual(NOW);
    expect(resume(0)).toEqual(NOW);
  });

  test('a limit that a run still meets after its reset waits a minute: nothing starts over and over', () => {
    expect(resume(-60)).toEqual(inMinutes(1));
    expect(resume(-300)).toEqual(inMinutes(1));
  });
});

describe('when the owner has set a time of day before which nothing goes on', () => {
  const resumeIn = async (zone: string, resetsAt: string, notBefore: string) =>
    (await inZone(zone, [{ resetsAt, notBefore }]))[0];

  test('an earlier reset waits for it', async () => {
    expect(await resumeIn('UTC', '2026-03-01T02:00:00Z', '06:30')).toBe('2026-03-01T06:30:00.000Z');
    expect(await resumeIn('Europe/Berlin', '2026-03-01T02:00:00Z', '06:30')).toBe('2026-03-01T05:30:00.000Z');
  });

  test('a later one does not', async () => {
    expect(await resumeIn('UTC', '2026-03-01T06:30:00Z', '06:30')).toBe('2026-03-01T06:30:00.000Z');
    expect(await resumeIn('UTC', '2026-03-01T23:00:00Z', '06:30')).toBe('2026-03-01T23:00:00.000Z');
  });

  test('midnight is a time of day like any other', async () => {
    expect(await resumeIn('UTC', '2026-03-01T02:00:00Z', '00:00')).toBe('2026-03-01T02:00:00.000Z');
  });

  test('it is that time on the wall on days when the clocks change', async () => {
    expect(await resumeIn('America/New_York', '2026-03-08T06:00:00Z', '06:30')).toBe(
      '2026-03-08T10:30:00.000Z',
    );
    expect(await resumeIn('America/New_York', '2026-11-01T05:00:00Z', '06:30')).toBe(
      '2026-11-01T11:30:00.000Z',
    );
  });

  test('one in the hour left out is an hour later', async () => {
    expect(await resumeIn('America/New_York', '2026-03-08T06:00:00Z', '02:30')).toBe(
      '2026-03-08T07:30:00.000Z',
    );
  });

  test('one in the hour that comes twice is the first of the two', async () => {
    expect(await resumeIn('America/New_York', '2026-11-01T04:00:00Z', '01:30')).toBe(
      '2026-11-01T05:30:00.000Z',
    );
  });
});
