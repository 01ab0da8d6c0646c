/**
 * Builds the command line of a run (https://code.claude.com/docs/en/cli-reference; `claude --help` hides some options).
 */

import { writeFile } from 'node:fs/promises';
import type { AskedCalls } from '../project/asked-calls.ts';
import type { ProjectId, RunId } from '../project/ids.ts';
import { type Side, serverArguments, serverName, type ToolsetName } from '../project/toolset.ts';
import type { ClaudeSettings } from '../project/workspace.ts';

/** The name of our server in Claude; its tools are called `mcp__claude_bridge_code__…`. */
export const CODE_SERVER = serverName('code');

/** What every run says of itself. */
interface Session {
  readonly sessionId: string;
  /** Whether the session has a conversation to continue. */
  readonly resume: boolean;
  readonly model: string | null;
  readonly permissionMode: string;
  readonly maxBudgetUsd: number | null;
  /** Settings of this run as JSON; they override all others. */
  readonly settings: string;
}

export interface CommandLine extends Session {
  /** MCP servers whose tools are allowed, as `mcp__NAME`; the rules of the policy are in the settings. */
  readonly allowedTools: readonly string[];
  /** Whose settings apply besides this command line. */
  readonly claudeSettings: ClaudeSettings;
  readonly mcpConfigFile: string;
  readonly maxTurns: number | null;
  /** Whether our server is asked about calls that no rule decides about. */
  readonly asksPermission: boolean;
}

/** The arguments of claude. They set everything that matters, so no setting of the machine changes how a run works. */
export function commandLine(line: CommandLine): string[] {
  return [
    ...sessionArguments(line),
    ...(line.maxTurns === null ? [] : ['--max-turns', String(line.maxTurns)]),
    ...['--allowedTools', [`mcp__${CODE_SERVER}`, ...line.allowedTools].join(',')],
    ...['--disallowedTools', NOT_OFFERED.join(',')],
    ...settingSources(line.claudeSettings),
    ...(line.asksPermission ? ['--permission-prompt-tool', `mcp__${CODE_SERVER}__bridge_permission`] : []),
    ...['--strict-mcp-config', '--mcp-config', line.mcpConfigFile],
  ];
}

function sessionArguments({ sessionId, resume, model, permissionMode, maxBudgetUsd, settings }: Session) {
  return [
    '-p',
    ...['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
    // Claude echoes each message as it takes it in; this shows that steering has arrived.
    '--replay-user-messages',
    // Signs of life during a long answer or a hook: without these, Claude is silent until it is over.
    ...['--include-partial-messages', '--include-hook-events'],
    ...(resume ? ['--resume', sessionId] : ['--session-id', sessionId]),
    // Without a model, Claude uses the setting of the person; `default` would override it with that of the account. A
    // resumed session always gets a model: some versions take it from the transcript, with a smaller context.
    ...(model === null ? [] : ['--model', model]),
    ...['--permission-mode', permissionMode],
    ...(maxBudgetUsd === null ? [] : ['--max-budget-usd', String(maxBudgetUsd)]),
    ...['--settings', settings],
  ];
}

export interface ReviewLine extends Omit<Session, 'resume' | 'permissionMode'> {
  readonly claudeSettings: ClaudeSettings;
  /** A folder that it may read besides its own. */
  readonly patchFolder: string | undefined;
  /** The form of the answer. */
  readonly answerSchema: string;
}

/** All that a reviewer has. */
const READING_TOOLS = ['Read', 'Grep', 'Glob'];
/** It comes with `--json-schema`; its input is the answer. */
const ANSWER_TOOL = 'StructuredOutput';

/**
 * The arguments of a reviewer: it reads, and has nothing to change anything with, whatever the person's settings permit.
 * `dontAsk` refuses what is not allowed here. The folder is not an added one, and its settings never count: so its
 * CLAUDE.md, which the work may have changed, is a file to read and no instruction (seen in 2.1.329).
 */
export function reviewCommandLine(line: ReviewLine): string[] {
  const { claudeSettings, patchFolder, answerSchema } = line;
  return [
    ...sessionArguments({ ...line, resume: false, permissionMode: 'dontAsk' }),
    ...['--tools', READING_TOOLS.join(',')],
    ...['--allowedTools', READING_TOOLS.join(',')],
    ...['--disallowedTools', [...NOT_OFFERED, ...CHANGING_TOOLS].join(',')],
    ...['--setting-sources', claudeSettings === 'none' ? '' : 'user'],
    ...['--json-schema', answerSchema],
    // Without a file it has no server at all.
    '--strict-mcp-config',
    ...(patchFolder === undefined ? [] : ['--add-dir', patchFolder]),
  ];
}

/** The first of these tools that a reviewer must not have; undefined when it can only read. */
export function unexpectedTool(tools: readonly string[]): string | undefined {
  return tools.find((tool) => ![...READING_TOOLS, ANSWER_TOOL].includes(tool));
}

/** `--tools` leaves them out already; a version that reads that otherwise still refuses them. */
const CHANGING_TOOLS = [
  ...['Bash', 'PowerShell', 'Edit', 'MultiEdit', 'Write', 'NotebookEdit'],
  ...['WebFetch', 'WebSearch', 'Task', 'Agent', 'Skill', 'SlashCommand'],
];

/**
 * A question would have no one to answer it. A run stays in its folder: a later resume would begin in the other one. It stays
 * in its permission mode, too: leaving `plan` is put to a person as any other call, and would widen what the plan allows (seen
 * in 2.1.329).
 */
const NOT_OFFERED = ['AskUserQuestion', 'EnterWorktree', 'ExitWorktree', 'EnterPlanMode', 'ExitPlanMode'];

/**
 * The settings of a workspace can name another service and so send the key there, start programs and permit tools; `-p`
 * asks nobody whether the folder is trusted. Without them Claude also leaves out the CLAUDE.md of the folder (seen in
 * 2.1.329); for an added folder it reads it again.
 */
function settingSources(settings: ClaudeSettings): string[] {
  if (settings === 'all') return [];
  return ['--setting-sources', settings === 'none' ? '' : 'user', '--add-dir', '.'];
}

export interface CodeServer {
  /** Command and arguments that start our own command line. */
  readonly selfCommand: readonly string[];
  readonly stateDir: string;
  readonly runId: RunId;
  readonly projectId: ProjectId;
  /** How long a run waits for a person before it puts a call off, in milliseconds. */
  readonly askWaitMs: number;
  /** What it is to ask a person about; undefined: it is no permission prompt. */
  readonly asksAbout: AskedCalls | undefined;
  /** What the owner lets the run have besides. */
  readonly toolsets: readonly ToolsetName[];
}

/**
 * Writes the MCP configuration of a run: our servers, and those that the owner shares with every run. The mode is 0600,
 * since the entries of the owner may hold secrets. Throws the error of the system.
 */
export async function writeMcpConfig(
  file: string,
  server: CodeServer,
  shared: Readonly<Record<string, unknown>>,
): Promise<void> {
  const [command, ...args] = server.selfCommand;
  const scope = {
    BRIDGE_HOME: server.stateDir,
    BRIDGE_RUN_ID: server.runId,
    BRIDGE_PROJECT_ID: server.projectId,
  };
  const ours = (side: Side, env: Readonly<Record<string, string>>) => ({
    type: 'stdio',
    command,
    args: [...args, ...serverArguments(side, 'code')],
    env,
    // Claude waits for the server before the first turn, and never hides its tools behind a search.
    alwaysLoad: true,
  });
  const code = ours('code', {
    ...scope,
    BRIDGE_ASK_WAIT_MS: String(server.askWaitMs),
    ...(server.asksAbout !== undefined && { BRIDGE_ASKS: JSON.stringify(server.asksAbout) }),
  });
  const toolsets = server.toolsets.map((name) => [serverName(name), ours(name, scope)]);
  const config = { mcpServers: { ...shared, ...Object.fromEntries(toolsets), [CODE_SERVER]: code } };
  await writeFile(file, JSON.stringify(config, null, 2), { mode: 0o600 });
}
