/**
 * A start limit for a service manager without one: launchd restarts a program for ever unless it exits with 0
 * (https://keith.github.io/xcode-man-pages/launchd.plist.5.html#KeepAlive). So a supervisor that cannot work, or that
 * failed too often, records why and exits with 0.
 */

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { capitalize } from '../characters.ts';
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
 * Calls `attempt` to run the supervisor, unless it failed too often, and resolves with the exit code. When it gives up,
 * also because a restart will not help, the exit code is 0. `attempt` must not throw.
 *
 * @param onGiveUp Receives one line that says why and what to do.
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

/** The exit code is 0 even when the reason cannot be recorded. */
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
  const sentence = capitalize(text);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/**
 * Counts this start. False when the limit of failed starts within the last minutes is reached. A start that cannot be
 * written down is allowed.
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

/** After an orderly end, earlier starts do not count. An old file that cannot be removed expires by itself. */
async function forgetStarts(stateDir: string): Promise<void> {
  await rm(tallyFile(stateDir), { force: true }).catch(() => undefined);
}

const tally = z.array(z.iso.datetime());

/** Empty when the file is not readable. */
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
