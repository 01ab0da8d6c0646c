/** The command line of a run (https://code.claude.com/docs/en/cli-reference; `claude --help` hides some of these). */

import { writeFile } from 'node:fs/promises';
import type { ProjectId, RunId } from '../project/ids.ts';
import type { ClaudeSettings } from '../project/workspace.ts';

/** The name under which Claude knows our server; tools are then called `mcp__claude_bridge_code__…`. */
export const CODE_SERVER = 'claude_bridge_code';

export interface CommandLine {
  readonly sessionId: string;
  /** Whether the session has a conversation to go on with. */
  readonly resume: boolean;
  readonly model: string | null;
  readonly permissionMode: string;
  readonly allowedTools: readonly string[];
  readonly disallowedTools: readonly string[];
  /** Whose settings count, besides those of this command line. */
  readonly claudeSettings: ClaudeSettings;
  /** Settings of this run as JSON, over all others. */
  readonly settings: string;
  readonly mcpConfigFile: string;
  readonly maxTurns: number | null;
  readonly maxBudgetUsd: number | null;
}

/** Everything that matters is said on the command line, so that no setting of the machine changes how a run works. */
export function commandLine(line: CommandLine): string[] {
  return [
    '-p',
    ...['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
    // Claude repeats each message as it takes it in: how we know that steering has arrived.
    '--replay-user-messages',
    // Signs of life while a long answer streams, and while a hook runs: else Claude says nothing until either is over.
    ...['--include-partial-messages', '--include-hook-events'],
    ...(line.resume ? ['--resume', line.sessionId] : ['--session-id', line.sessionId]),
    // Without a model Claude uses the person's own setting; `default` would be the account's, against that setting.
    // A resumed session is always given one: some versions take it from the transcript with a smaller context.
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

/** Nobody is there to be asked, and a run stays in its folder: a later resume would begin in the other one. */
const NOT_OFFERED = ['AskUserQuestion', 'EnterWorktree', 'ExitWorktree'];

/**
 * The settings of a workspace can name another service, and with it send the key there, start programs and permit
 * tools: `-p` asks nobody whether the folder is trusted. Without them Claude also leaves out the folder's CLAUDE.md
 * (seen in 2.1.329); as an added folder it is read again.
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
 * Writes the run's MCP configuration: our server, and those the owner shares with every run. Mode 0600, since the
 * owner's entries may hold secrets.
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
    // Claude waits for it before the first turn, and never hides its tools behind a search.
    alwaysLoad: true,
  };
  const config = { mcpServers: { ...shared, [CODE_SERVER]: ours } };
  await writeFile(file, JSON.stringify(config, null, 2), { mode: 0o600 });
}
