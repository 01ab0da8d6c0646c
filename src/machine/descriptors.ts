import { closeSync, openSync } from 'node:fs';
import { nullDevice } from './paths.ts';

/** For the output files, the pipes, and those by which the system reports a failed start. */
const DESCRIPTORS_NEEDED = 12;

/**
 * Throws the system's error (EMFILE, ENFILE) when too few descriptors are left to start a program. Call it first:
 * without descriptors Node gives execa a process without streams, and execa 9 throws an unrelated TypeError.
 */
export function provideDescriptors(): void {
  const taken: number[] = [];
  try {
    while (taken.length < DESCRIPTORS_NEEDED) taken.push(openSync(nullDevice, 'r'));
  } finally {
    taken.forEach(closeSync);
  }
}
