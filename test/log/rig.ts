/** A log in a temporary folder, closed and removed after the test. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from 'vitest';
import { type Clock, systemClock } from '../../src/clock.ts';
import { type LogOptions, type OpenLog, openLog } from '../../src/log.ts';

interface Rig {
  folder: string;
  path: string;
  open(options?: Partial<LogOptions>): OpenLog;
  /** The event names in the file, or in one put aside. */
  events(number?: number): string[];
}

export const test = base.extend<{ rig: Rig }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  rig: async ({}, use) => {
    const folder = fs.mkdtempSync(join(tmpdir(), 'log-'));
    const path = join(folder, 'loop.log');
    const logs: OpenLog[] = [];
    await use({
      folder,
      path,
      open(options) {
        const log = openLog({ path, clock: patientClock(), ...options });
        logs.push(log);
        return log;
      },
      events: (number) => eventsIn(number === undefined ? path : `${path}.${number}`),
    });
    for (const log of logs) await log.close();
    fs.rmSync(folder, { recursive: true });
  },
});

/** Tries again only when somebody asks, so that a test decides when. */
function patientClock(): Clock {
  return {
    ...systemClock,
    sleep: (_ms, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
  };
}

export function eventsIn(path: string): string[] {
  const lines = fs.readFileSync(path, 'utf8').split('\n');
  expect(lines.pop(), 'the file ends with a whole line').toBe('');
  return lines.map((line) => line.split(/ +/)[2] ?? '');
}
