/**
 * The real claude, started as the supervisor starts it, against a scripted model; its output goes into a file and is
 * read from there. Whatever a test leaves behind, a process, an open file or a watch, fails it.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type CommandLine, commandLine } from '../../src/claude/command-line.ts';
import { claudeEnvironment } from '../../src/claude/environment.ts';
import { userMessage } from '../../src/claude/input.ts';
import { tailFile } from '../../src/claude/tail.ts';
import { systemClock } from '../../src/clock.ts';
import { type Child, type Exit, spawnChild } from '../../src/machine/child.ts';
import { isAlive } from '../../src/machine/identity.ts';
import { type SimulatedClaude, simulatedClaudeEnvironment } from '../../src/simulator/environment.ts';
import { handlesOn } from './handles.ts';

const claudePackage = createRequire(import.meta.url).resolve('@anthropic-ai/claude-code/package.json');
const program = join(dirname(claudePackage), 'bin', 'claude.exe');

export interface RealRun {
  readonly child: Child;
  readonly sessionId: string;
  /** The lines as they were read while it ran, and how it ended. */
  readonly ended: Promise<RealEnd>;
}

interface RealEnd {
  readonly lines: readonly string[];
  readonly exit: Exit;
  readonly cut: boolean;
  readonly stderr: string;
  /** The whole file. */
  readonly raw: string;
}

export interface RealOptions extends Partial<CommandLine> {
  readonly login?: SimulatedClaude['login'];
  readonly prompt?: string;
  /** Keeps its input open, as during a run. */
  readonly keepInput?: boolean;
}

/** Its folders are removed when the test is over. */
export async function startClaude(url: string, options: RealOptions = {}): Promise<RealRun> {
  const folder = await temporaryFolder();
  const home = join(folder, 'home');
  const work = join(folder, 'work');
  const mcpConfigFile = join(folder, 'mcp.json');
  for (const one of [home, work]) await mkdir(one);
  await writeFile(mcpConfigFile, '{"mcpServers":{}}');
  const sessionId = options.sessionId ?? randomUUID();
  const login = options.login ?? 'api-key';
  const environment = simulatedClaudeEnvironment({ url, homeDir: home, login, path: '/usr/bin:/bin' });
  const child = await spawnChild({
    command: program,
    args: commandLine({
      resume: false,
      model: null,
      permissionMode: 'acceptEdits',
      allowedTools: [],
      claudeSettings: 'user',
      settings: '{}',
      maxTurns: null,
      maxBudgetUsd: null,
      asksPermission: false,
      ...options,
      sessionId,
      mcpConfigFile,
    }),
    cwd: work,
    env: claudeEnvironment(
      { ...environment, CLAUDE_CODE_MAX_RETRIES: '0' },
      { id: 'a1b2c3d4e5f6', projectId: 'b1b2c3d4e5f6' },
    ),
    stdoutPath: join(folder, 'out.jsonl'),
    stderrPath: join(folder, 'err.log'),
  });
  if (child.kind === 'spawn-failed') throw new Error(child.message);
  onTestFinished(async () => {
    if (!(await isAlive(child.identity))) return;
    process.kill(child.identity.pid, 'SIGKILL');
    await child.exited;
    throw new Error('claude outlived its test');
  });
  child.write(userMessage(options.prompt ?? 'Say hi.', randomUUID()));
  if (!options.keepInput) child.endInput();
  return { child, sessionId, ended: follow(child, folder) };
}

async function follow(child: Child, folder: string): Promise<RealEnd> {
  const file = join(folder, 'out.jsonl');
  const tail = tailFile(file, systemClock);
  void child.exited.then(() => tail.end());
  const lines: string[] = [];
  for await (const line of tail.lines()) lines.push(line);
  const stderr = await readFile(join(folder, 'err.log'), 'utf8');
  return { lines, exit: await child.exited, cut: tail.cut(), stderr, raw: await readFile(file, 'utf8') };
}

/** A new folder, removed when the test is over; a file in it that is still open or watched then fails the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'claude-room-')));
  onTestFinished(async () => {
    const left = await handlesOn(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    if (left.length > 0) throw new Error(`left behind by the test: ${left.join(', ')}`);
  });
  return folder;
}
