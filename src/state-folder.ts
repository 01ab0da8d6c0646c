/**
 * The state folder: its place, and the name of each file in it. Names are spelled only here, so that writers, readers,
 * the doctor and the rules that keep Claude out agree.
 */
import { isAbsolute, join, resolve } from 'node:path';
import { ConfigError } from './config-error.ts';
import type { Environment } from './environment.ts';
import { expandHome, homeFolder } from './home-path.ts';

/**
 * The state folder: `BRIDGE_HOME`, or `.claude-bridge` in the person's home. Throws ConfigError for a value that means
 * another folder in another process.
 */
export function stateFolder(env: Environment): string {
  const named = env.BRIDGE_HOME;
  if (!named) return defaultStateFolder(personHome());
  const path = expandHome(named);
  if (isAbsolute(path) && !VARIABLE.test(path)) return resolve(path);
  throw new ConfigError(
    `BRIDGE_HOME must be an absolute path, and is '${oneLine(named)}'. Write it out in full: no variable in it is replaced.`,
  );
}

/** The state folder in this home folder, used unless BRIDGE_HOME is set. */
export function defaultStateFolder(homeDir: string): string {
  return join(homeDir, '.claude-bridge');
}

/** A variable that a shell replaces, and Claude Desktop and service managers do not. */
const VARIABLE = /\$\{\w+\}|%\w+%/;

function personHome(): string {
  try {
    return homeFolder();
  } catch {
    throw new ConfigError(
      'this account has no home folder for the state folder. Set BRIDGE_HOME to an absolute path.',
    );
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

/** The database; SQLite keeps `-wal` and `-shm` beside it. */
export const DATABASE_NAME = 'bridge.db';
export const CONFIG_NAME = 'config.json';
export const LOG_NAME = 'loop.log';

export function databaseFile(stateDir: string): string {
  return join(stateDir, DATABASE_NAME);
}

export function configFile(stateDir: string): string {
  return join(stateDir, CONFIG_NAME);
}

/** The supervisor's log; rotated logs lie beside it. */
export function logFile(stateDir: string): string {
  return join(stateDir, LOG_NAME);
}

/** The output of a supervisor in the background. */
export function startLogFile(stateDir: string): string {
  return join(stateDir, 'start.log');
}

/** Leads a browser of this machine to the link that signs it in; worth nothing once that was used. */
export function signInFile(stateDir: string): string {
  return join(stateDir, 'sign-in.html');
}

/** V8's compile cache of our program, with a folder for each version. */
export function compileCacheFolder(stateDir: string): string {
  return join(stateDir, 'cache');
}

/** Plans for people to read, one file for each project. */
export function plansFolder(stateDir: string): string {
  return join(stateDir, 'plans');
}

export function planFile(stateDir: string, projectId: string): string {
  return join(plansFolder(stateDir), `${projectId}.md`);
}

/** Records as people read them, one file a project. */
export function statusFolder(stateDir: string): string {
  return join(stateDir, 'status');
}

export function statusFile(stateDir: string, projectId: string): string {
  return join(statusFolder(stateDir), `${projectId}_status.md`);
}

/** Folders for projects whose plan names no workspace. */
export function workspacesFolder(stateDir: string): string {
  return join(stateDir, 'workspaces');
}

/** The worktrees of projects, a folder each. */
export function worktreesFolder(stateDir: string): string {
  return join(stateDir, 'worktrees');
}

export function worktreeFolder(stateDir: string, projectId: string): string {
  return join(worktreesFolder(stateDir), projectId);
}

/** The git folders with which the work of projects is measured. */
export function measuresFolder(stateDir: string): string {
  return join(stateDir, 'measure');
}

export function measureFolder(stateDir: string, projectId: string): string {
  return join(measuresFolder(stateDir), `${projectId}.git`);
}

/** The project of a folder in `measure/`; undefined for one that is not ours. */
export function parseMeasureName(name: string): string | undefined {
  return /^([0-9a-f]{12})\.git$/.exec(name)?.[1];
}

/** What reviewers are given to read besides the work itself, a folder for each project. */
export function reviewsFolder(stateDir: string): string {
  return join(stateDir, 'reviews');
}

export function reviewFolder(stateDir: string, projectId: string): string {
  return join(reviewsFolder(stateDir), projectId);
}

/** The files of one run, in `runs/`. */
export interface RunFiles {
  /** Claude's raw stream, kept. */
  readonly output: string;
  /** What Claude wrote to stderr, kept. */
  readonly errors: string;
  /** The MCP configuration; removed after the run, because it may hold secrets. */
  readonly mcpConfig: string;
}

export function runsFolder(stateDir: string): string {
  return join(stateDir, 'runs');
}

export function runFiles(stateDir: string, runId: string): RunFiles {
  const base = join(runsFolder(stateDir), runId);
  return { output: `${base}.jsonl`, errors: `${base}.stderr.log`, mcpConfig: `${base}.mcp.json` };
}

/** What is kept of the evidence about the work of one run, in `runs/`. */
export interface EvidenceFiles {
  readonly patch: string;
  /** The output of the check with this number; the first has 1. */
  check(number: number): string;
  /** The same, of the checks on the work merged with a branch that had moved. */
  mergeCheck(number: number): string;
}

export function evidenceFiles(stateDir: string, runId: string): EvidenceFiles {
  const base = join(runsFolder(stateDir), runId);
  return {
    patch: `${base}.patch`,
    check: (number) => `${base}.check-${number}.log`,
    mergeCheck: (number) => `${base}.merge-check-${number}.log`,
  };
}

/** The kind of a file in `runs/`; undefined for one that is not ours. A `.part` is an output being replaced. */
export function parseRunFileName(name: string): { runId: string; kind: 'output' | 'secret' } | undefined {
  const [, runId, ending] = RUN_FILE.exec(name) ?? [];
  return runId === undefined ? undefined : { runId, kind: ending === 'mcp.json' ? 'secret' : 'output' };
}

/** The output of what prepares the worktree of a project, in `runs/` under the run that it was prepared for. */
export function prepareOutputFile(stateDir: string, runId: string): string {
  return join(runsFolder(stateDir), `${runId}.prepare.log`);
}

const RUN_FILE =
  /^([0-9a-f]{12})\.(jsonl(?:\.part)?|stderr\.log|(?:merge-)?check-\d+\.log|prepare\.log|patch|mcp\.json)$/;
