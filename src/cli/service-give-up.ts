/**
 * A start limit for a service manager that has none: launchd starts again, for ever, whatever ends with anything but 0
 * (https://keith.github.io/xcode-man-pages/launchd.plist.5.html#KeepAlive). So a supervisor that cannot work, or has
 * ended badly too often, leaves word why, and ends with 0.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { openLog } from '../log.ts';
import { writeAtomically } from '../machine/atomic-file.ts';
import { forgetGaveUp, writeGaveUp } from '../machine/service/launchd-gave-up.ts';
import { logFile } from './commands/logs.ts';
import type { Cli } from './context.ts';
import { NOT_TO_BE_RESTARTED } from './errors.ts';

const MOST_STARTS = 5;
const WITHIN_MS = 300_000;

/**
 * Lets `attempt` run the supervisor, unless that has ended badly too often. Where it ends so that a restart would not
 * help, that is the end of it as well: the exit code is then 0. `attempt` must not throw.
 */
export async function withStartLimit(cli: Cli, attempt: (cli: Cli) => Promise<void>): Promise<void> {
  if (!(await countStart(cli))) return giveUp(cli, TOO_OFTEN);
  let said = '';
  const failure = (message: string) => {
    said = message;
    cli.out.failure(message);
  };
  const own: Cli = { ...cli, out: { ...cli.out, failure }, exitCode: 0 };
  await attempt(own);
  cli.exitCode = own.exitCode;
  if (own.exitCode === 0) await forgetStarts(cli.home);
  if (own.exitCode === NOT_TO_BE_RESTARTED) await giveUp(cli, said);
}

const TOO_OFTEN = `it has ended badly ${MOST_STARTS} times within ${WITHIN_MS / 60_000} minutes`;

/** Where the word cannot be left either, ending with 0 is still what is wanted. */
async function giveUp(cli: Cli, why: string): Promise<void> {
  const { home, clock } = cli;
  cli.out.failure(`the service gives up: ${why}. When that is mended: bridge-supervisor start`);
  const log = openLog({ path: logFile(cli), clock });
  log.error('service.gave_up', {}, why);
  await log.close();
  await forgetStarts(home);
  await writeGaveUp(home, { at: clock.now().toISOString(), why: asSentence(why) }).catch(() => undefined);
  cli.exitCode = 0;
}

function asSentence(text: string): string {
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/**
 * False when as many starts as are allowed have ended badly within the last minutes: then this one is one too many.
 * Otherwise it is counted. A disk that takes no note of it stands in no start's way.
 */
async function countStart({ home, clock }: Cli): Promise<boolean> {
  const now = clock.now();
  const earlier = await startsIn(tallyFile(home));
  const recent = earlier.filter((at) => Math.abs(now.getTime() - Date.parse(at)) < WITHIN_MS);
  if (recent.length >= MOST_STARTS) return false;
  try {
    await forgetGaveUp(home);
    await writeAtomically(tallyFile(home), `${JSON.stringify([...recent, now.toISOString()])}\n`, 0o600);
  } catch {
    // The supervisor itself will say what is wrong with the folder.
  }
  return true;
}

/** It ended in good order: nothing before this counts. What cannot be removed ends by itself, with the minutes. */
async function forgetStarts(home: string): Promise<void> {
  await rm(tallyFile(home), { force: true }).catch(() => undefined);
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

function tallyFile(home: string): string {
  return join(home, 'service-starts.json');
}
