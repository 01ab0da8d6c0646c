/**
 * Scripts of the owner that an agent may have run: their names, how a run of one can end, and how much of it is kept. What
 * is run, and where, is none of an agent's choice: it names one that the owner lists, and gives it arguments.
 */
import type { ProjectId, RunId } from './ids.ts';
import { cleanLine } from './text.ts';

declare const scriptRun: unique symbol;

/** Names one run of a script; the mark of its processes, too. */
export type ScriptRunId = string & { readonly [scriptRun]: true };

/** They look like project ids. */
export function isScriptRunId(text: string): text is ScriptRunId {
  return /^[0-9a-f]{12}$/.test(text);
}

/** @param text Random, and never used before. */
export function asScriptRunId(text: string): ScriptRunId {
  return text as ScriptRunId;
}

export const SCRIPT_STATES = [
  'running',
  /** By itself, with whatever exit code. */
  'ended',
  /** It was never started. */
  'not_started',
  'timed_out',
  'cancelled',
  /** Whoever ran it died meanwhile: how far it came is unknown, and it is not run again. */
  'indeterminate',
] as const;

export type ScriptState = (typeof SCRIPT_STATES)[number];

export const SCRIPT_LIMITS = {
  args: 100,
  /** Of all arguments together, in UTF-8. */
  argBytes: 65_536,
  key: 256,
  reason: 1_000,
  /** Kept of each stream, the end of it, in UTF-8. */
  outputBytes: 65_536,
  /** Under way at once, on one machine. */
  atOnce: 8,
  /** Kept, whatever their age; the newest. */
  keptRuns: 1_000,
} as const;

/** The variable that marks every process of a script; its value is the id of the run. */
export const SCRIPT_MARK = 'BRIDGE_SCRIPT_RUN_ID';

/** The exit codes by which clients of such tools know how a script ended that has none of its own. */
export const SCRIPT_CODES: Readonly<Record<Exclude<ScriptState, 'running' | 'ended'>, number>> = {
  timed_out: -2,
  not_started: -3,
  indeterminate: -4,
  cancelled: -5,
};

export interface ScriptRun {
  /** Gives the order. */
  readonly number: number;
  readonly id: ScriptRunId;
  readonly script: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly timeoutMs: number;
  /** The run of the supervisor that asked; null: a session of a person. */
  readonly runId: RunId | null;
  readonly projectId: ProjectId | null;
  readonly state: ScriptState;
  /** Null: it has none, or not yet. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Why it did not start. */
  readonly failure: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  /** When somebody asked to cancel it. */
  readonly cancelAskedAt: string | null;
  readonly cancelReason: string | null;
  readonly createdAt: string;
  readonly endedAt: string | null;
}

/**
 * The name under which the owner lists a script, of the name that a client gives: it may stand behind the folder's own name,
 * as in `scripts/ping.sh`. Undefined: it is not listed.
 */
export function listedScript(allowed: readonly string[], given: string): string | undefined {
  return [given, given.replace(/^scripts\//, '')].find((name) => allowed.includes(name));
}

/** What is wrong with arguments; undefined: nothing. */
export function scriptArgumentsProblem(args: readonly string[]): string | undefined {
  if (args.length > SCRIPT_LIMITS.args) return `at most ${SCRIPT_LIMITS.args} arguments are passed on`;
  if (args.some((arg) => arg.includes('\u0000'))) return 'an argument must not contain NUL characters';
  const bytes = args.reduce((sum, arg) => sum + Buffer.byteLength(arg), 0);
  return bytes > SCRIPT_LIMITS.argBytes
    ? `the arguments are ${bytes} bytes; at most ${SCRIPT_LIMITS.argBytes} are passed on`
    : undefined;
}

/** In a few words, how it went. */
export function describeScriptRun(
  run: Pick<ScriptRun, 'state' | 'exitCode' | 'signal' | 'failure' | 'cancelReason'>,
): string {
  switch (run.state) {
    case 'running':
      return 'running';
    case 'ended':
      return run.exitCode === null ? `ended by ${run.signal ?? 'a signal'}` : `exit code ${run.exitCode}`;
    case 'not_started':
      return `not started: ${cleanLine(run.failure ?? 'unknown')}`;
    case 'timed_out':
      return 'timed out, and ended with all it had started';
    case 'cancelled':
      return `cancelled${run.cancelReason ? `: ${cleanLine(run.cancelReason)}` : ''}`;
    case 'indeterminate':
      return 'indeterminate, not retried: whoever ran it died meanwhile';
  }
}
