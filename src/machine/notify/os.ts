/**
 * Shows a notification on this machine's desktop, by the program that its system has for that. Title and text reach it as
 * an argument or a variable of their own: no script and no shell line is made of them.
 */

import type { Environment } from '../../environment.ts';
import { findExecutable } from '../executable.ts';
import { platform as ownPlatform, type Platform } from '../platform.ts';
import { type ProgramResult, type RunProgram, runProgram } from '../program.ts';
import { lastLineOf } from '../program-output.ts';
import type { DesktopNotice, NotifyCall } from './call.ts';
import { linuxCall, printedId } from './linux.ts';
import { macosCall } from './macos.ts';
import { windowsCall } from './windows.ts';

export type Shown =
  | { readonly shown: true /** By which it can be replaced. */; readonly receipt: string | null }
  | { readonly shown: false; readonly problem: string };

const TIMEOUT_MS = 15_000;

/** What shows notifications here; undefined where no way is known. */
export function notifyProgram(platform: Platform = ownPlatform, env: Environment = {}): string | undefined {
  return callsOf(platform, env, { title: '', body: '', tag: '', replaces: null })[0]?.command;
}

/** Why a process of this environment can show nothing; undefined: nothing is known to be in the way. */
export type NoNotifications =
  | { readonly why: 'no-way' }
  | { readonly why: 'not-installed'; readonly program: string }
  | { readonly why: 'no-session-bus' };

export function whyNoNotifications(
  env: Environment,
  platform: Platform = ownPlatform,
): NoNotifications | undefined {
  const program = notifyProgram(platform, env);
  if (program === undefined) return { why: 'no-way' };
  if (findExecutable(program, env.PATH ?? env.Path) === undefined) return { why: 'not-installed', program };
  // What libdbus looks for, and where systemd has the bus of a person (`man dbus-launch`, `man pam_systemd`).
  const hasBus = env.DBUS_SESSION_BUS_ADDRESS || env.XDG_RUNTIME_DIR;
  return platform === 'linux' && !hasBus ? { why: 'no-session-bus' } : undefined;
}

/**
 * Shows it. Never throws: why it could not be shown is a value.
 *
 * @param env The whole environment of the program.
 */
export async function notifyDesktop(
  notice: DesktopNotice,
  env: Environment,
  run: RunProgram = runProgram,
  platform: Platform = ownPlatform,
): Promise<Shown> {
  let problem = 'no way to show a notification is known on this system';
  for (const { command, args, variables } of callsOf(platform, env, notice)) {
    const result = await run(command, args, { env: { ...env, ...variables }, timeoutMs: TIMEOUT_MS });
    if (result.code === 0)
      return { shown: true, receipt: platform === 'linux' ? printedId(result.stdout) : null };
    problem = problemOf(command, result);
    if (result.failure !== null) break;
  }
  return { shown: false, problem };
}

/** What to call; each one only when the one before was refused. */
function callsOf(platform: Platform, env: Environment, notice: DesktopNotice): readonly NotifyCall[] {
  switch (platform) {
    case 'linux':
      // Before 0.7.10 it knows no numbers: then it shows another one.
      return [linuxCall(notice, { numbered: true }), linuxCall(notice, { numbered: false })];
    case 'macos':
      return [macosCall(notice)];
    case 'windows':
      return [windowsCall(notice, env)];
    case 'other-unix':
      return [linuxCall(notice, { numbered: false })];
  }
}

function problemOf(command: string, { failure, code, stderr }: ProgramResult): string {
  if (failure === 'missing') return `there is no ${command} here`;
  if (failure === 'late') return `${command} did not end within ${TIMEOUT_MS / 1_000} s`;
  const said = lastLineOf(stderr);
  return `${command} failed${said === '' ? ` with ${code}` : `: ${said}`}`;
}
