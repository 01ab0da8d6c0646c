/** Whether Claude has credentials, as it says itself. That they are accepted, only a run finds out. */

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { type Child, type Exit, spawnChild } from '../machine/child.ts';
import { nullDevice } from '../machine/paths.ts';
import { parseJson } from '../machine/program-output.ts';
import { killProcess } from '../machine/signal.ts';
import { sweep } from '../machine/sweep.ts';
import { RUN_MARK } from './environment.ts';

export type Login =
  | { readonly state: 'in'; readonly method: string }
  | { readonly state: 'out' }
  | { readonly state: 'unknown'; readonly why: string };

export interface LoginQuestion {
  /** The claude program. */
  readonly program: string;
  /** What a run would get: credentials may be in it, and the run mark is. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** An existing folder of ours that holds the answer for a moment. */
  readonly folder: string;
  readonly clock: Clock;
  /** Gives up: the answer is then `unknown`. */
  readonly signal: AbortSignal;
}

/**
 * With `--json`, though that is the default: versions without `auth` take the words for a prompt, and spend tokens on
 * it, but refuse an option they do not know. Asks no service and exits with 0 or 1 (seen: 2.1.197 and 2.1.329).
 */
const COMMAND = ['auth', 'status', '--json'];

/** Some 150 ms are usual. Started as a service, Claude can wait for ever for a keychain that nobody unlocks. */
const LIMIT_MS = 10_000;

/** Asks Claude. Nothing of what it starts is left, whatever the answer. */
export async function askLogin(question: LoginQuestion): Promise<Login> {
  const { program, env, folder } = question;
  const answer = join(folder, 'login.json');
  await rm(answer, { force: true });
  const outputs = { stdoutPath: answer, stderrPath: nullDevice };
  const child = await spawnChild({ command: program, args: COMMAND, cwd: folder, env, ...outputs });
  if (child.kind === 'spawn-failed') return { state: 'unknown', why: child.message };
  child.endInput();
  const exit = await endOf(child, question);
  // A supervisor that was just replaced may be asking too, and take the file away: then nothing is known.
  const said = await readFile(answer, 'utf8').catch(() => '');
  await rm(answer, { force: true });
  return exit ? read(said, exit) : { state: 'unknown', why: 'it did not answer' };
}

async function endOf(child: Child, { env, clock, signal }: LoginQuestion): Promise<Exit | undefined> {
  const ended = new AbortController();
  const late = clock.sleep(LIMIT_MS, AbortSignal.any([signal, ended.signal]));
  const exit = await Promise.race([child.exited, late.then(() => undefined)]);
  ended.abort();
  if (exit) return exit;
  const tree = await child.processTree();
  await killProcess(child.identity);
  const mark = { name: RUN_MARK, value: env[RUN_MARK] ?? '' };
  await sweep({ root: child.identity, mark, processTree: tree, graceMs: 0, clock });
  return undefined;
}

const status = z.object({ loggedIn: z.boolean(), authMethod: z.string() });

/** Believed only when the words and the exit code say the same. */
function read(text: string, { code }: Exit): Login {
  const { data } = status.safeParse(parseJson(text));
  if (data?.loggedIn && code === 0) return { state: 'in', method: data.authMethod };
  if (data?.loggedIn === false && code === 1) return { state: 'out' };
  return { state: 'unknown', why: `it ended with ${code} and no status that can be read` };
}
