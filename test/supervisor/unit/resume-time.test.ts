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

  test('the delay after a reset is at most a twentieth of the wait', () => {
    expect(waits(1, 0.5)).toBe(1_500);
    expect(waits(10, 0.5)).toBe(15_000);
  });

  test('a reset during the run is not waited for, however late it is seen', () => {
    expect(resume(-5)).toEqual(NOW);
    expect(resume(-59.9, 0.999)).toEqual(NOW);
    expect(resume(0)).toEqual(NOW);
  });

  test('a limit that a run meets after its reset waits a minute, so that nothing starts over and over', () => {
    expect(resume(-60)).toEqual(inMinutes(1));
    expect(resume(-300)).toEqual(inMinutes(1));
  });
});

describe('resume time set by the owner', () => {
  const resumeIn = async (zone: string, resetsAt: string, notBefore: string) =>
    (await inZone(zone, [{ resetsAt, notBefore }]))[0];

  test("an earlier reset waits for the owner's resume time", async () => {
    expect(await resumeIn('UTC', '2026-03-01T02:00:00Z', '06:30')).toBe('2026-03-01T06:30:00.000Z');
    expect(await resumeIn('Europe/Berlin', '2026-03-01T02:00:00Z', '06:30')).toBe('2026-03-01T05:30:00.000Z');
  });

  test("a later reset does not wait for the owner's resume time", async () => {
    expect(await resumeIn('UTC', '2026-03-01T06:30:00Z', '06:30')).toBe('2026-03-01T06:30:00.000Z');
    expect(await resumeIn('UTC', '2026-03-01T23:00:00Z', '06:30')).toBe('2026-03-01T23:00:00.000Z');
  });

  test('midnight is a resume time like any other', async () => {
    expect(await resumeIn('UTC', '2026-03-01T02:00:00Z', '00:00')).toBe('2026-03-01T02:00:00.000Z');
  });

  test('the resume time follows the wall clock when the clocks change', async () => {
    expect(await resumeIn('America/New_York', '2026-03-08T06:00:00Z', '06:30')).toBe(
      '2026-03-08T10:30:00.000Z',
    );
    expect(await resumeIn('America/New_York', '2026-11-01T05:00:00Z', '06:30')).toBe(
      '2026-11-01T11:30:00.000Z',
    );
  });

  test('a resume time in the hour left out is an hour later', async () => {
    expect(await resumeIn('America/New_York', '2026-03-08T06:00:00Z', '02:30')).toBe(
      '2026-03-08T07:30:00.000Z',
    );
  });

  test('a resume time in the hour that comes twice is the first of the two', async () => {
    expect(await resumeIn('America/New_York', '2026-11-01T04:00:00Z', '01:30')).toBe(
      '2026-11-01T05:30:00.000Z',
    );
  });
});
