/** Registers our server in the person's own Claude Code, with Claude's own command. */

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
  /** Its stdin: values that no command line should show. */
  readonly input?: string;
}

export interface CodePlan {
  /** Empty when there is nothing to do. */
  readonly calls: readonly ClaudeCall[];
  /** Null when claude is not installed; then the calls are for later. */
  readonly claude: string | null;
  /** Another server's entry under our name, to be restored on removal; undefined for none. */
  readonly before: ClientEntry | undefined;
  /** The calls replace another server's entry under our name. */
  readonly replaces: boolean;
  /** Another server's entry under our name is there afterwards. */
  readonly keepsAnother: boolean;
}

interface ClaudeContext {
  readonly env: Environment;
  readonly homeDir: string;
  readonly claude?: string | undefined;
}

/**
 * Plans to make Claude Code start our server in every folder.
 *
 * @param before Another server's entry under our name, from the ledger.
 */
export function planCode(
  wanted: ServerStart,
  context: ClaudeContext,
  before: ClientEntry | undefined,
): CodePlan {
  const registered = registeredIn(context);
  const claude = programIn(context);
  if (registered !== undefined && isDeepStrictEqual(startOf(registered), wanted))
    return { calls: [], claude, before, replaces: false, keepsAnother: false };
  const replaces = registered !== undefined && !isOurs('code', registered);
  // Claude refuses to add a name that exists.
  const calls = [...(registered === undefined ? [] : [REMOVE]), addOf(wanted)];
  return {
    calls,
    claude,
    before: replaces ? asEntry(registered) : before,
    replaces,
    keepsAnother: false,
  };
}

/** Plans to remove our server and restore the former entry. Another server's entry stays. */
export function planCodeRemoval(context: ClaudeContext, before: ClientEntry | undefined): CodePlan {
  const registered = registeredIn(context);
  const isOther = registered !== undefined && !isOurs('code', registered);
  const remove = registered === undefined ? [] : [REMOVE];
  const restore = before === undefined ? [] : [{ args: ADD_JSON, input: JSON.stringify(before) }];
  const calls = isOther ? [] : [...remove, ...restore];
  const keepsAnother = isOther || before !== undefined;
  return { calls, claude: programIn(context), before: undefined, replaces: false, keepsAnother };
}

const registeredIn = ({ env, homeDir }: ClaudeContext) => registeredServer(claudeUserFile(env, homeDir));

function programIn({ claude, env }: ClaudeContext): string | null {
  const located = locateClaude(claude, env);
  return located.found ? located.path : null;
}

function asEntry(registered: unknown): ClientEntry | undefined {
  return z.record(z.string(), z.unknown()).safeParse(registered).data;
}

/** Makes the calls. Returns claude's message when it refuses; null when done. */
export async function callClaude(
  { calls, claude }: CodePlan,
  { run, env }: { readonly run: RunProgram; readonly env: Environment },
): Promise<string | null> {
  if (claude === null) return 'claude is not installed';
  for (const { args, input } of calls) {
    const options = { env: { ...env, ...QUIET }, ...(input === undefined ? {} : { input }) };
    const result = await run(claude, args, options);
    if (result.code !== 0) return lastLine(result);
  }
  return null;
}

/**
 * Our server as registered for the person; undefined when it is not, or the file cannot be read. Read from the file
 * because `claude mcp get` would start the server.
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

/** Keeps Claude from updating itself or calling home. */
const QUIET: Environment = { DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' };

const SCOPE = ['-s', 'user'];

const REMOVE: ClaudeCall = { args: ['mcp', 'remove', CODE_SERVER, ...SCOPE] };

/** `-` makes claude read the entry from stdin (seen with 2.1.329). */
const ADD_JSON = ['mcp', 'add-json', CODE_SERVER, '-', ...SCOPE];

function addOf({ env, command, args }: ServerStart): ClaudeCall {
  const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  return { args: ['mcp', 'add', CODE_SERVER, ...SCOPE, ...variables, '--', command, ...args] };
}

function lastLine({ stdout, stderr, failure }: ProgramResult): string {
  const line = (stderr.trim() || stdout.trim()).split('\n').at(-1)?.trim();
  return line || (failure === 'late' ? 'it timed out' : 'it failed to start');
}
