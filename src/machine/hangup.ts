/**
 * Whether a hang-up (SIGHUP) is meant for this process. Node sets a signal that it inherits as ignored back to its
 * default before any of our code runs (PlatformInit in https://github.com/nodejs/node/blob/main/src/node.cc), so that
 * nohup(1) has no effect on it, and what was inherited can only be told from its traces.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { isatty } from 'node:tty';
import { platform } from './platform.ts';

export interface HangupTraces {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether one of our inputs and outputs is a terminal. */
  readonly hasTerminal: boolean;
  /** Whether a process that started us, in our session, ignores it. */
  readonly isIgnoredAbove: boolean;
}

let isIgnored = false;

/** To be called at the start, while whoever started us is still there. A hang-up that was ignored stays so. */
export function keepHangupIgnored(env: HangupTraces['env']): void {
  if (!ignoresHangup(tracesOfOurs(env))) return;
  isIgnored = true;
  process.on('SIGHUP', () => undefined);
}

export function isHangupIgnored(): boolean {
  return isIgnored;
}

/**
 * Nobody who has no terminal can lose one; nohup(1) takes away every terminal it finds. Where a terminal is left, as
 * nohup of macOS leaves the input, a shell names what it has started in `_`.
 */
export function ignoresHangup({ env, hasTerminal, isIgnoredAbove }: HangupTraces): boolean {
  return !hasTerminal || isIgnoredAbove || basename(env._ ?? '') === 'nohup';
}

function tracesOfOurs(env: HangupTraces['env']): HangupTraces {
  return { env, hasTerminal: [0, 1, 2].some(isatty), isIgnoredAbove: isIgnoredAbove(process.ppid) };
}

/** A shell after `trap '' HUP` hands it down. Only Linux tells, in the last column of `SigIgn` (proc_pid_status(5)). */
function isIgnoredAbove(parent: number): boolean {
  if (platform !== 'linux') return false;
  const session = sessionOf(process.pid);
  for (let pid = parent; pid > 1 && sessionOf(pid) === session; pid = parentOf(pid)) {
    const ignored = /^SigIgn:\s*([\da-f]+)$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? '0';
    if ((Number.parseInt(ignored.at(-1) ?? '0', 16) & 1) === 1) return true;
  }
  return false;
}

function parentOf(pid: number): number {
  return Number(fieldOf(pid, 4));
}

function sessionOf(pid: number): string {
  return fieldOf(pid, 6);
}

/** Of proc_pid_stat(5); the second may itself hold spaces and parentheses. */
function fieldOf(pid: number, number: number): string {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[number - 3] ?? '';
}

/** Empty for a process that is gone, or not shown to us. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
