/** Asks Claude whether it has credentials. Only a run shows whether they are accepted. */

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
  | { readonly state: 'unknown'; readonly reason: string };

export interface LoginQuestion {
  /** The claude program. */
  readonly program: string;
  /** The environment of a run, with its credentials and a run mark. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A folder of ours, which must exist. It holds the answer for a moment. */
  readonly folder: string;
  readonly clock: Clock;
  /** Cancels the question: the answer is then `unknown`. */
  readonly signal: AbortSignal;
}

/**
 * `--json` is the default, but is given: versions without `auth` would take the words for a prompt and spend tokens on
 * it, and refuse an option that they do not know. The command asks no service and exits with 0 or 1 (seen: 2.1.197 and
 * 2.1.329).
 */
const COMMAND = ['auth', 'status', '--json'];

/** It usually takes some 150 ms. In a service, Claude can wait forever for a keychain that nobody unlocks. */
const TIMEOUT_MS = 10_000;

/**
 * Asks Claude. Leaves no process behind, whatever the answer. Throws the error of the system when `folder` cannot be
 * used.
 */
export async function askLogin(question: LoginQuestion): Promise<Login> {
  const { program, env, folder } = question;
  const answer = join(folder, 'login.json');
  await rm(answer, { force: true });
  const outputs = { stdoutPath: answer, stderrPath: nullDevice };
  const child = await spawnChild({ command: program, args: COMMAND, cwd: folder, env, ...outputs });
  if (child.kind === 'spawn-failed') return { state: 'unknown', reason: child.message };
  child.endInput();
  const exit = await endOf(child, question);
  // A supervisor that was just replaced may be asking too, and remove the file: the answer is then unknown.
  const stdout = await readFile(answer, 'utf8').catch(() => '');
  await rm(answer, { force: true });
  return exit ? parseAnswer(stdout, exit) : { state: 'unknown', reason: 'it timed out' };
}

async function endOf(child: Child, { env, clock, signal }: LoginQuestion): Promise<Exit | undefined> {
  const ended = new AbortController();
  const late = clock.sleep(TIMEOUT_MS, AbortSignal.any([signal, ended.signal]));
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

/** The answer counts only when the text and the exit code agree. */
function parseAnswer(stdout: string, { code }: Exit): Login {
  const { data } = status.safeParse(parseJson(stdout));
  if (data?.loggedIn && code === 0) return { state: 'in', method: data.authMethod };
  if (data?.loggedIn === false && code === 1) return { state: 'out' };
  return { state: 'unknown', reason: `it exited with ${code} and without a readable status` };
}
