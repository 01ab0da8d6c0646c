/** Our server in a person's own Claude Code, through Claude's own command. */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { CODE_SERVER } from '../claude/command-line.ts';
import { claudeUserFile } from '../claude/files.ts';
import { locateClaude } from '../claude/locate.ts';
import type { ProgramResult, RunProgram } from '../machine/program.ts';
import { type ServerStart, startOf } from './server-start.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface CodePlan {
  /** Arguments of the claude program, one call each. None when everything is as it should be. */
  readonly calls: readonly (readonly string[])[];
  /** Null when there is none; then the calls are for later. */
  readonly claude: string | null;
}

/** What there is to do so that Claude Code starts our server in every folder; undefined takes it out. */
export function planCode(
  wanted: ServerStart | undefined,
  {
    env,
    home,
    claude,
  }: { readonly env: Environment; readonly home: string; readonly claude?: string | undefined },
): CodePlan {
  const located = locateClaude(claude, env);
  return {
    calls: callsFor(registeredServer(claudeUserFile(env, home)), wanted),
    claude: located.found ? located.path : null,
  };
}

/** Carries it out. Returns what claude said when it refused; null when it is done. */
export async function carryOutCode(
  { calls, claude }: CodePlan,
  { run, env }: { readonly run: RunProgram; readonly env: Environment },
): Promise<string | null> {
  if (claude === null) return 'claude is not there';
  for (const call of calls) {
    const result = await run(claude, call, { env: { ...env, ...QUIET } });
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

/** Claude refuses to add a name that is there: an entry that differs is removed first. */
function callsFor(registered: unknown, wanted: ServerStart | undefined): string[][] {
  const remove = registered === undefined ? [] : [['mcp', 'remove', CODE_SERVER, ...SCOPE]];
  if (wanted === undefined) return remove;
  if (registered !== undefined && isDeepStrictEqual(startOf(registered), wanted)) return [];
  const env = Object.entries(wanted.env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  return [...remove, ['mcp', 'add', CODE_SERVER, ...SCOPE, ...env, '--', wanted.command, ...wanted.args]];
}

function lastWords({ stdout, stderr, failure }: ProgramResult): string {
  const words = (stderr.trim() || stdout.trim()).split('\n').at(-1)?.trim();
  return words || (failure === 'late' ? 'it did not answer' : 'it could not be started');
}
