/**
 * What a call of git leaves behind when it does not come to its end: a process that goes on after our own end, and a
 * lock file that outlives both. Only for places that nobody else works in.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import { killProcess } from '../machine/signal.ts';
import { findMarked } from '../machine/sweep.ts';

/** Marks the processes that work for this place. */
export function markOf(place: string): Environment {
  return { [MARK]: place };
}

const MARK = 'GIT_CALLED_FOR';

/** Ends the calls of git that still work for this place, and removes the lock of the index in `gitDir`. */
export async function clearLeftovers(place: string, gitDir: string): Promise<void> {
  await Promise.all((await findMarked(MARK, place)).map(killProcess));
  await rm(join(gitDir, 'index.lock'), { force: true });
}
