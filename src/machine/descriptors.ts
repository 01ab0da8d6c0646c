import { closeSync, openSync } from 'node:fs';
import { nullDevice } from './paths.ts';

/** Of its output, its pipes, and those by which the system tells that the start failed. */
const DESCRIPTORS_NEEDED = 12;

/**
 * Throws the system's error (EMFILE, ENFILE) when too few descriptors are left to start a program. To be asked before:
 * without them Node gives execa a process without streams, and execa 9 throws a TypeError that tells nothing of it.
 */
export function provideDescriptors(): void {
  const taken: number[] = [];
  try {
    while (taken.length < DESCRIPTORS_NEEDED) taken.push(openSync(nullDevice, 'r'));
  } finally {
    taken.forEach(closeSync);
  }
}
