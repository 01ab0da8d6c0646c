/**
 * A service manager that is played: what is asked of it is remembered, and a small model answers. Time passes only
 * while somebody waits for it.
 */
import type { Clock } from '../../../src/clock.ts';
import type { ProgramResult } from '../../../src/machine/program.ts';
import type { ManagerOptions } from '../../../src/machine/service/service.ts';
import type { Rig } from './rig.ts';

export type Answer = Partial<ProgramResult>;

/** The answer to one command line; nothing is success. */
export type Play = (line: string, args: readonly string[]) => Answer | undefined;

/** Who sleeps is awake at once, and later. */
export class HurryingClock implements Clock {
  passed = 0;

  now(): Date {
    return new Date(Date.parse('2026-03-01T12:00:00.000Z') + this.passed);
  }

  monotonic(): number {
    return this.passed;
  }

  async sleep(ms: number): Promise<void> {
    this.passed += ms;
  }

  async sleepUntil(time: Date): Promise<void> {
    this.passed += Math.max(0, time.getTime() - this.now().getTime());
  }
}

/** Options whose programs are played. */
export function played(rig: Rig, play: Play, clock: Clock = new HurryingClock()): ManagerOptions {
  const run: ManagerOptions['run'] = async (program, args) => {
    const line = [program, ...args].join(' ');
    rig.asked.push(line);
    return { code: 0, stdout: '', stderr: '', failure: null, ...play(line, args) };
  };
  return { ...rig.options, run, clock };
}

/** What was asked since the last look, without repetitions of the same question while waiting. */
export function takeAsked(rig: Rig): string[] {
  const asked = rig.asked.splice(0);
  return asked.filter((line, index) => line !== asked[index - 1]);
}
