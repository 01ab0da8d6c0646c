/** Our server in a person's own Claude Code, through Claude's own command. */

import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { CODE_SERVER } from '../claude/command-line.ts';
import { claudeUserFile } from '../claude/files.ts';
import { locateClaude } from '../claude/locate.ts';
import type { Environment } from '../environment.ts';
import type { ProgramResult, RunProgram } from '../machine/program.ts';
import type { ClientEntry } from './ledger.ts';
import { isOurs, type ServerStart, startOf } from './server-start.ts';

export interface ClaudeCall {
  /** Arguments of the claude program. */
  readonly args: readonly string[];
  /** What it reads: values that no command line should show. */
  readonly input?: string;
}

export interface CodePlan {
  /** None when everything is as it should be. */
  readonly calls: readonly ClaudeCall[];
  /** Null when there is none; then the calls are for later. */
  readonly claude: string | null;
  /** What to remember of another server under our name, to be given back; undefined when there was none. */
  readonly before: ClientEntry | undefined;
  /** Such a server is there now, and goes. */
  readonly replaces: boolean;
  /** Such a server is there afterwards. */
  readonly keepsAnother: boolean;
}

interface Surroundings {
  readonly env: Environment;
  readonly home: string;
  readonly claude?: string | undefined;
}

/**
 * What there is to do so that Claude Code starts our server in every folder.
 *
 * @param before What is remembered of another server under our name.
 */
export function planCode(
  wanted: ServerStart,
  surroundings: Surroundings,
  before: ClientEntry | undefined,
): CodePlan {
  const registered = registeredIn(surroundings);
  const claude = programIn(surroundings);
  if (registered !== undefined && isDeepStrictEqual(startOf(registered), wanted))
    return { calls: [], claude, before, replaces: false, keepsAnother: false };
  const replaces = registered !== undefined && !isOurs('code', registered);
  // Claude refuses to add a name that is there.
  const calls = [...(registered === undefined ? [] : [REMOVE]), addOf(wanted)];
  return {
    calls,
    claude,
    before: replaces ? asEntry(registered) : before,
    replaces,
    keepsAnother: false,
  };
}

/** What there is to do to take our server out, and to give back what was there. Another one that is there stays. */
export function planCodeRemoval(surroundings: Surroundings, before: ClientEntry | undefined): CodePlan {
  const registered = registeredIn(surroundings);
  const isForeign = registered !== undefined && !isOurs('code', registered);
  const remove = registered === undefined ? [] : [REMOVE];
  const giveBack = before === undefined ? [] : [{ args: ADD_JSON, input: JSON.stringify(before) }];
  const calls = isForeign ? [] : [...remove, ...giveBack];
  const keepsAnother = isForeign || before !== undefined;
  return { calls, claude: programIn(surroundings), before: undefined, replaces: false, keepsAnother };
}

const registeredIn = ({ env, home }: Surroundings) => registeredServer(claudeUserFile(env, home));

function programIn({ claude, env }: Surroundings): string | null {
  const located = locateClaude(claude, env);
  return located.found ? located.path : null;
}

function asEntry(registered: unknown): ClientEntry | undefined {
  return z.record(z.string(), z.unknown()).safeParse(registered).data;
}

/** Carries it out. Returns what claude said when it refused; null when it is done. */
export async function carryOutCode(
  { calls, claude }: CodePlan,
  { run, env }: { readonly run: RunProgram; readonly env: Environment },
): Promise<string | null> {
  if (claude === null) return 'claude is not there';
  for (const { args, input } of calls) {
    const options = { env: { ...env, ...QUIET }, ...(input === undefined ? {} : { input }) };
    const result = await run(claude, args, options);
    if (result.code !== 0) return lastWords(result);
  }
  return null;
}

/**
 * Our server as it is registered for the person; undefined when it is not, or the file cannot be read. It is only read:
 * asking `claude mcp get` would start the server to see whether it answers.
 */
export function registeredServer(file: string): unknown {
  try {
    return settings.parse(JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))).mcpServers?.[
      CODE_SERVER
    ];
  } catch {
    return undefined;
  }
}

const settings = z.looseObject({ mcpServers: z.record(z.string(), z.unknown()).optional() });

/** A question about the registration is no reason to update or to call home. */
const QUIET: Environment = { DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' };

const SCOPE = ['-s', 'user'];

const REMOVE: ClaudeCall = { args: ['mcp', 'remove', CODE_SERVER, ...SCOPE] };

/** The entry is read from its input (seen with 2.1.329). */
const ADD_JSON = ['mcp', 'add-json', CODE_SERVER, '-', ...SCOPE];

function addOf({ env, command, args }: ServerStart): ClaudeCall {
  const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  return { args: ['mcp', 'add', CODE_SERVER, ...SCOPE, ...variables, '--', command, ...args] };
}

function lastWords({ stdout, stderr, failure }: ProgramResult): string {
  const words = (stderr.trim() || stdout.trim()).split('\n').at(-1)?.trim();
  return words || (failure === 'late' ? 'it did not answer' : 'it could not be started');
}
