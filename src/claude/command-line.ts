/** The command line of a run (https://code.claude.com/docs/en/cli-reference; `claude --help` hides some of these). */
import { writeFile } from 'node:fs/promises';

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
    ...(line.disallowedTools.length === 0 ? [] : ['--disallowedTools', line.disallowedTools.join(',')]),
    ...['--strict-mcp-config', '--mcp-config', line.mcpConfigFile],
  ];
}

export interface CodeServer {
  /** Command and arguments that start our own command line. */
  readonly entry: readonly string[];
  readonly home: string;
  readonly runId: string;
  readonly projectId: string;
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
  const [command, ...args] = server.entry;
  const ours = {
    type: 'stdio',
    command,
    args: [...args, 'mcp', 'code'],
    env: { BRIDGE_HOME: server.home, BRIDGE_RUN_ID: server.runId, BRIDGE_PROJECT_ID: server.projectId },
    // Claude waits for it before the first turn, and never hides its tools behind a search.
    alwaysLoad: true,
  };
  const config = { mcpServers: { ...shared, [CODE_SERVER]: ours } };
  await writeFile(file, JSON.stringify(config, null, 2), { mode: 0o600 });
}
