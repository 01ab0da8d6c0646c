/**
 * Whether a hang-up (SIGHUP) is meant for this process. Node resets an inherited "ignore" to the default before any of
 * our code runs (PlatformInit in https://github.com/nodejs/node/blob/main/src/node.cc), so nohup(1) has no effect on
 * it. What was inherited can only be inferred from traces.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { isatty } from 'node:tty';
import { platform } from './platform.ts';

export interface HangupTraces {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether stdin, stdout or stderr is a terminal. */
  readonly hasTerminal: boolean;
  /** Whether a process above us, in our session, ignores it. */
  readonly isIgnoredAbove: boolean;
}

let isIgnored = false;

/** Keeps an ignored hang-up ignored. Call it at the start, while the process that started us still lives. */
export function keepHangupIgnored(env: HangupTraces['env']): void {
  if (!ignoresHangup(tracesOfOurs(env))) return;
  isIgnored = true;
  process.on('SIGHUP', () => undefined);
}

/** Whether `keepHangupIgnored` found that the hang-up was ignored. */
export function isHangupIgnored(): boolean {
  return isIgnored;
}

/**
 * A process without a terminal cannot lose one, and nohup(1) replaces every terminal it finds. The nohup of macOS
 * leaves stdin; there the shell's `_` names the program that it started.
 */
export function ignoresHangup({ env, hasTerminal, isIgnoredAbove }: HangupTraces): boolean {
  return !hasTerminal || isIgnoredAbove || basename(env._ ?? '') === 'nohup';
}

function tracesOfOurs(env: HangupTraces['env']): HangupTraces {
  return { env, hasTerminal: [0, 1, 2].some(isatty), isIgnoredAbove: isIgnoredAbove(process.ppid) };
}

/** A shell passes `trap '' HUP` on. Only Linux shows it, in the lowest bit of `SigIgn` (proc_pid_status(5)). */
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

/** A field of proc_pid_stat(5); the second one may contain spaces and parentheses. */
function fieldOf(pid: number, number: number): string {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[number - 3] ?? '';
}

/** Empty for a process that is gone or hidden from us. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
