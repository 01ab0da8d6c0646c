/** The real claude without us, but with the flags and the environment that a run gets. */
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { commandLine } from '../../src/claude/command-line.ts';
import { claudeEnvironment } from '../../src/claude/environment.ts';
import { userMessage } from '../../src/claude/input.ts';
import type { Stage } from './stage.ts';

const claudePackage = createRequire(import.meta.url).resolve('@anthropic-ai/claude-code/package.json');
export const claudeProgram = join(dirname(claudePackage), 'bin', 'claude.exe');

export interface BareRun {
  readonly workspace: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly sessionId: string;
  readonly resume: boolean;
  readonly prompt: string;
  /** A file that names other MCP servers than ours, whose tools it may then use. */
  readonly mcpConfigFile?: string;
}

/** Resolves when it has ended; throws when it did not end well. */
export async function runBareClaude(stage: Stage, run: BareRun): Promise<void> {
  const child = stage.spawn(claudeProgram, bareFlags(run), bareEnvironment(run), {
    cwd: run.workspace,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (!child.stdin || !child.stdout || !child.stderr) throw new Error('claude was started without pipes');
  const ended = once(child, 'exit');
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  child.stdin.end(`${userMessage(run.prompt, crypto.randomUUID())}\n`);
  const [code] = await ended;
  if (code !== 0)
    throw new Error(`bare claude ended with ${code}: ${(await output).join('\n').slice(-2_000)}`);
}

/** The flags of a run without what only we need; without a server, those about one are left out too. */
function bareFlags({ sessionId, resume, mcpConfigFile }: BareRun): string[] {
  const flags = commandLine({
    sessionId,
    resume,
    model: null,
    permissionMode: 'acceptEdits',
    allowedTools: [],
    claudeSettings: 'user',
    settings: '{}',
    mcpConfigFile: mcpConfigFile ?? '',
    maxTurns: null,
    asksPermission: false,
    maxBudgetUsd: null,
  });
  const ours = ['--disallowedTools', '--setting-sources', '--add-dir', '--settings'];
  const ofServer = mcpConfigFile === undefined ? ['--allowedTools', '--mcp-config'] : [];
  const left = [...ours, ...ofServer];
  return flags.filter((flag, at) => !left.includes(flag) && !left.includes(flags[at - 1] ?? ''));
}

function bareEnvironment({ environment }: BareRun): Record<string, string> {
  const whole = claudeEnvironment(environment, { id: '0123456789ab', projectId: 'ba9876543210' });
  return Object.fromEntries(
    Object.entries(whole).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
