/**
 * Builds the command line of a run (https://code.claude.com/docs/en/cli-reference; `claude --help` hides some options).
 */

import { writeFile } from 'node:fs/promises';
import type { ProjectId, RunId } from '../project/ids.ts';
import type { ClaudeSettings } from '../project/workspace.ts';

/** The name of our server in Claude; its tools are called `mcp__claude_bridge_code__…`. */
export const CODE_SERVER = 'claude_bridge_code';

export interface CommandLine {
  readonly sessionId: string;
  /** Whether the session has a conversation to continue. */
  readonly resume: boolean;
  readonly model: string | null;
  readonly permissionMode: string;
  readonly allowedTools: readonly string[];
  readonly disallowedTools: readonly string[];
  /** Whose settings apply besides this command line. */
  readonly claudeSettings: ClaudeSettings;
  /** Settings of this run as JSON; they override all others. */
  readonly settings: string;
  readonly mcpConfigFile: string;
  readonly maxTurns: number | null;
  readonly maxBudgetUsd: number | null;
}

/** The arguments of claude. They set everything that matters, so no setting of the machine changes how a run works. */
export function commandLine(line: CommandLine): string[] {
  return [
    '-p',
    ...['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
    // Claude echoes each message as it takes it in; this shows that steering has arrived.
    '--replay-user-messages',
    // Signs of life during a long answer or a hook: without these, Claude is silent until it is over.
    ...['--include-partial-messages', '--include-hook-events'],
    ...(line.resume ? ['--resume', line.sessionId] : ['--session-id', line.sessionId]),
    // Without a model, Claude uses the setting of the person; `default` would override it with that of the account. A
    // resumed session always gets a model: some versions take it from the transcript, with a smaller context.
    ...(line.model === null ? [] : ['--model', line.model]),
    ...['--permission-mode', line.permissionMode],
    ...(line.maxTurns === null ? [] : ['--max-turns', String(line.maxTurns)]),
    ...(line.maxBudgetUsd === null ? [] : ['--max-budget-usd', String(line.maxBudgetUsd)]),
    ...['--allowedTools', [`mcp__${CODE_SERVER}`, ...line.allowedTools].join(',')],
    ...['--disallowedTools', [...NOT_OFFERED, ...line.disallowedTools].join(',')],
    ...settingSources(line.claudeSettings),
    ...['--settings', line.settings],
    ...['--strict-mcp-config', '--mcp-config', line.mcpConfigFile],
  ];
}

/**
 * A question would have no one to answer it. A run stays in its folder: a later resume would begin in the other one.
 */
const NOT_OFFERED = ['AskUserQuestion', 'EnterWorktree', 'ExitWorktree'];

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
}

/**
 * Writes the MCP configuration of a run: our server, and those that the owner shares with every run. The mode is 0600,
 * since the entries of the owner may hold secrets. Throws the error of the system.
 */
export async function writeMcpConfig(
  file: string,
  server: CodeServer,
  shared: Readonly<Record<string, unknown>>,
): Promise<void> {
  const [command, ...args] = server.selfCommand;
  const ours = {
    type: 'stdio',
    command,
    args: [...args, 'mcp', 'code'],
    env: { BRIDGE_HOME: server.stateDir, BRIDGE_RUN_ID: server.runId, BRIDGE_PROJECT_ID: server.projectId },
    // Claude waits for the server before the first turn, and never hides its tools behind a search.
    alwaysLoad: true,
  };
  const config = { mcpServers: { ...shared, [CODE_SERVER]: ours } };
  await writeFile(file, JSON.stringify(config, null, 2), { mode: 0o600 });
}
