/** Runs the real claude program against a simulator, in a home and a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { type SimulatedClaude, simulatedClaudeEnvironment } from '../../src/simulator/environment.ts';

interface ClaudeEvent {
  readonly type: string;
  readonly subtype?: string;
  readonly is_error?: boolean;
  readonly result?: string;
  readonly api_error_status?: number | null;
  readonly error?: string;
  readonly rate_limit_info?: { readonly status: string; readonly resetsAt: number };
}

export interface ClaudeRun {
  readonly child: ChildProcess;
  readonly ended: Promise<ClaudeEnd>;
}

interface ClaudeEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly events: readonly ClaudeEvent[];
  readonly result: ClaudeEvent | undefined;
  readonly stderr: string;
}

export interface RunOptions {
  readonly args: readonly string[];
  /** Where it works. Default: a new empty folder. */
  readonly folder?: string;
  readonly login?: SimulatedClaude['login'];
  readonly environment?: Readonly<Record<string, string>>;
  /** What to write to its standard input, which is then closed. */
  readonly stdin?: string;
}

const claudePackage = createRequire(import.meta.url).resolve('@anthropic-ai/claude-code/package.json');
const program = join(dirname(claudePackage), 'bin', 'claude.exe');

/** Its folders are removed when the test is over, and the test fails if the process still lives then. */
export async function runClaude(url: string, options: RunOptions): Promise<ClaudeRun> {
  const home = await temporaryFolder('claude-home-');
  const login = options.login ?? 'api-key';
  const environment = simulatedClaudeEnvironment({
    url,
    homeDir: home,
    login,
    path: dirname(process.execPath),
  });
  const child = spawn(program, ['-p', '--output-format', 'stream-json', '--verbose', ...options.args], {
    cwd: options.folder ?? (await temporaryFolder('claude-work-')),
    env: { ...environment, ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    throw new Error('claude outlived its test');
  });
  child.stdin.end(options.stdin ?? '');
  return { child, ended: collect(child) };
}

/** Removed when the test is over. */
export async function temporaryFolder(prefix: string): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), prefix)));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  return folder;
}

async function collect(child: ReturnType<typeof spawn>): Promise<ClaudeEnd> {
  if (!child.stdout || !child.stderr) throw new Error('claude was started without pipes');
  const exit = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (...end) => resolve(end));
  });
  const [stdout, stderr, [exitCode, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    exit,
  ]);
  const events = stdout
    .split('\n')
    .filter(Boolean)
    .map((line): ClaudeEvent => JSON.parse(line));
  return { exitCode, signal, events, result: events.findLast(({ type }) => type === 'result'), stderr };
}
