/**
 * A start limit for a service manager that has none: launchd starts again, for ever, whatever ends with anything but 0
 * (https://keith.github.io/xcode-man-pages/launchd.plist.5.html#KeepAlive). So a supervisor that cannot work, or has
 * ended badly too often, leaves word why, and ends with 0.
 */

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { EXIT } from '../exit-codes.ts';
import { openLog } from '../log.ts';
import { writeAtomically } from '../machine/atomic-file.ts';
import { forgetGaveUp, writeGaveUp } from '../machine/service/launchd-gave-up.ts';
import { logFile } from '../state-folder.ts';
import type { Host } from './host.ts';

const MAX_STARTS = 5;
const WITHIN_MS = 300_000;

/** How a supervisor ended. */
export interface Attempt {
  readonly exitCode: number;
  /** The last failure it reported; empty when it reported none. */
  readonly message: string;
}

type Place = Pick<Host, 'stateDir' | 'clock'>;

/**
 * Lets `attempt` run the supervisor, unless it has ended badly too often, and resolves with the exit code. A supervisor
 * that a restart will not help gives up too: the exit code is then 0. `attempt` must not throw.
 *
 * @param onGiveUp Is given one line that says why and what to do.
 */
export async function withStartLimit(
  place: Place,
  attempt: () => Promise<Attempt>,
  onGiveUp: (message: string) => void,
): Promise<number> {
  if (!(await countStart(place))) return giveUp(place, TOO_OFTEN, onGiveUp);
  const { exitCode, message } = await attempt();
  if (exitCode === 0) await forgetStarts(place.stateDir);
  return exitCode === EXIT.config ? giveUp(place, message, onGiveUp) : exitCode;
}

const TOO_OFTEN = `it failed ${MAX_STARTS} times within ${WITHIN_MS / 60_000} minutes`;

/** Where the word cannot be left either, ending with 0 is still what is wanted. */
async function giveUp(
  { stateDir, clock }: Place,
  why: string,
  onGiveUp: (message: string) => void,
): Promise<number> {
  onGiveUp(`the service gives up: ${why}. Once fixed, run: bridge-supervisor start`);
  const log = openLog({ path: logFile(stateDir), clock });
  log.error('service.gave_up', {}, why);
  await log.close();
  await forgetStarts(stateDir);
  await writeGaveUp(stateDir, { at: clock.now().toISOString(), why: asSentence(why) }).catch(() => undefined);
  return 0;
}

function asSentence(text: string): string {
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/**
 * False when as many starts as are allowed have ended badly within the last minutes: then this one is one too many.
 * Otherwise it is counted. A disk that takes no note of it stands in no start's way.
 */
async function countStart({ stateDir, clock }: Place): Promise<boolean> {
  const now = clock.now();
  const earlier = await startsIn(tallyFile(stateDir));
  const recent = earlier.filter((at) => Math.abs(now.getTime() - Date.parse(at)) < WITHIN_MS);
  if (recent.length >= MAX_STARTS) return false;
  try {
    await forgetGaveUp(stateDir);
    await writeAtomically(tallyFile(stateDir), `${JSON.stringify([...recent, now.toISOString()])}\n`, 0o600);
  } catch {
    // The supervisor itself will say what is wrong with the folder.
  }
  return true;
}

/** It ended in good order: nothing before this counts. What cannot be removed ends by itself, with the minutes. */
async function forgetStarts(stateDir: string): Promise<void> {
  await rm(tallyFile(stateDir), { force: true }).catch(() => undefined);
}

const tally = z.array(z.iso.datetime());

/** None where nobody can read what is there. */
async function startsIn(file: string): Promise<string[]> {
  try {
    return tally.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return [];
  }
}

function tallyFile(stateDir: string): string {
  return join(stateDir, 'service-starts.json');
}
