/** Registers our servers in the person's own Claude Code, with Claude's own command. */

import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { claudeUserFile } from '../claude/files.ts';
import { locateClaude } from '../claude/locate.ts';
import type { Environment } from '../environment.ts';
import type { ProgramResult, RunProgram } from '../machine/program.ts';
import { lastLineOf } from '../machine/program-output.ts';
import { type Side, serverName, TOOLSETS, type ToolsetName } from '../project/toolset.ts';
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
  readonly servers: readonly CodeServerPlan[];
}

/** What becomes of one of our servers. */
interface CodeServerPlan {
  readonly name: string;
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

/** Others' entries under our names, from the ledger. */
export type FormerEntries = Readonly<Record<string, ClientEntry>>;

/**
 * Plans to make Claude Code start our servers in every folder: that of the loop, those of the toolsets asked for, and those
 * that are there, as an earlier version may have left them.
 */
export function planCode(
  startOfSide: (side: Side) => ServerStart,
  toolsets: readonly ToolsetName[],
  context: ClaudeContext,
  before: FormerEntries,
): CodePlan {
  const wanted = TOOLSETS.filter(
    (side) => toolsets.includes(side) || isOurs(side, registeredIn(context, serverName(side))),
  );
  const plans = (['code', ...wanted] as const).map((side) =>
    planServer(side, startOfSide(side), context, before),
  );
  return joined(plans, context);
}

/**
 * Plans to remove our servers and restore the former entries. Another server's entry stays.
 *
 * @param toolsets The servers of these alone; undefined: all.
 */
export function planCodeRemoval(
  context: ClaudeContext,
  before: FormerEntries,
  toolsets: readonly ToolsetName[] | undefined,
): CodePlan {
  const isThere = (name: string) => registeredIn(context, name) !== undefined || before[name] !== undefined;
  const sides = toolsets ?? (['code', ...TOOLSETS.filter((side) => isThere(serverName(side)))] as const);
  return joined(
    sides.map((side) => planServerRemoval(side, context, before)),
    context,
  );
}

/** The servers that Claude Code may have. */
type CodeSide = Exclude<Side, 'desktop'>;

interface ServerPlan extends CodeServerPlan {
  readonly calls: readonly ClaudeCall[];
}

function joined(plans: readonly ServerPlan[], context: ClaudeContext): CodePlan {
  return {
    calls: plans.flatMap(({ calls }) => calls),
    claude: programIn(context),
    servers: plans.map(({ calls: _, ...plan }) => plan),
  };
}

function planServer(
  side: CodeSide,
  wanted: ServerStart,
  context: ClaudeContext,
  former: FormerEntries,
): ServerPlan {
  const name = serverName(side);
  const registered = registeredIn(context, name);
  const before = former[name];
  if (registered !== undefined && isDeepStrictEqual(startOf(registered), wanted))
    return { name, calls: [], before, replaces: false, keepsAnother: false };
  const replaces = registered !== undefined && !isOurs(side, registered);
  // Claude refuses to add a name that exists.
  const calls = [...(registered === undefined ? [] : [removeOf(name)]), addOf(name, wanted)];
  return { name, calls, before: replaces ? asEntry(registered) : before, replaces, keepsAnother: false };
}

function planServerRemoval(side: CodeSide, context: ClaudeContext, former: FormerEntries): ServerPlan {
  const name = serverName(side);
  const registered = registeredIn(context, name);
  const before = former[name];
  const isOther = registered !== undefined && !isOurs(side, registered);
  const remove = registered === undefined ? [] : [removeOf(name)];
  const restore = before === undefined ? [] : [{ args: addJsonOf(name), input: JSON.stringify(before) }];
  const calls = isOther ? [] : [...remove, ...restore];
  return { name, calls, before: undefined, replaces: false, keepsAnother: isOther || before !== undefined };
}

function registeredIn({ env, homeDir }: ClaudeContext, name: string): unknown {
  return registeredServer(claudeUserFile(env, homeDir), name);
}

function programIn({ claude, env }: ClaudeContext): string | null {
  const located = locateClaude(claude, env);
  return located.found ? located.path : null;
}

function asEntry(registered: unknown): ClientEntry | undefined {
  return z.record(z.string(), z.unknown()).safeParse(registered).data;
}

/** Makes the calls. Returns claude's message when it refuses; null when done. */
export async function callClaude(
  { calls, claude }: Pick<CodePlan, 'calls' | 'claude'>,
  { run, env }: { readonly run: RunProgram; readonly env: Environment },
): Promise<string | null> {
  if (claude === null) return 'claude is not installed';
  for (const { args, input } of calls) {
    const options = { env: { ...env, ...QUIET }, ...(input === undefined ? {} : { input }) };
    const result = await run(claude, args, options);
    if (result.code !== 0) return whyNot(result);
  }
  return null;
}

/**
 * Our server as registered for the person; undefined when it is not, or the file cannot be read. Read from the file
 * because `claude mcp get` would start the server.
 */
export function registeredServer(file: string, name: string = serverName('code')): unknown {
  try {
    return settings.parse(JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))).mcpServers?.[name];
  } catch {
    return undefined;
  }
}

const settings = z.looseObject({ mcpServers: z.record(z.string(), z.unknown()).optional() });

/** Keeps Claude from updating itself or calling home. */
const QUIET: Environment = { DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' };

const SCOPE = ['-s', 'user'];

function removeOf(name: string): ClaudeCall {
  return { args: ['mcp', 'remove', name, ...SCOPE] };
}

/** `-` makes claude read the entry from stdin (seen with 2.1.329). */
function addJsonOf(name: string): string[] {
  return ['mcp', 'add-json', name, '-', ...SCOPE];
}

function addOf(name: string, { env, command, args }: ServerStart): ClaudeCall {
  const variables = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  return { args: ['mcp', 'add', name, ...SCOPE, ...variables, '--', command, ...args] };
}

function whyNot({ stdout, stderr, failure }: ProgramResult): string {
  return (
    lastLineOf(stderr) || lastLineOf(stdout) || (failure === 'late' ? 'it timed out' : 'it failed to start')
  );
}
