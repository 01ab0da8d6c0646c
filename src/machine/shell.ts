/** Starts a command, in the system's shell or as a program with arguments, and reads what it prints. */
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { type Child, childOf } from './child.ts';
import { provideDescriptors } from './descriptors.ts';
import { isWindows } from './platform.ts';
import { otherFailure, type SpawnFailure } from './spawn-failure.ts';

interface StartOptions {
  cwd: string;
  /** The whole environment; nothing is added. */
  env: Readonly<Record<string, string | undefined>>;
}

interface ShellOptions extends StartOptions {
  /** What the shell of the command is started by (POSIX), such as a sandbox; empty for none. */
  within?: readonly string[] | undefined;
}

export interface PipedChild extends Child {
  /** What it and everything below it print, then what they print as errors; read both, or it stops. */
  readonly output: readonly [Readable, Readable];
  /** Lets a command of the shell begin: until then nothing of it runs (POSIX). Neither it nor a program has input. */
  begin(): void;
  /** Reads no more: for output that a process holds open which cannot be ended. */
  hangUp(): void;
}

/**
 * Starts a command in the shell, in its own process group (POSIX). It dies with us at its next word: its output is a pipe to
 * us.
 */
export async function spawnShell(run: string, options: ShellOptions): Promise<PipedChild | SpawnFailure> {
  const { within = [] } = options;
  // On Windows, with what npm gives it: `cmd /d /s /c`, its quotes as they are written.
  const [command, args] = isWindows
    ? [run, []]
    : [SHELL, ['-c', WAITING, SHELL, ...within, SHELL, '-c', run]];
  const child = await spawnPiped(command, args, options, isWindows);
  if (child.kind === 'spawn-failed') return child;
  return {
    ...child,
    begin() {
      if (!isWindows) child.write('');
      child.endInput();
    },
  };
}

/** The same of a program, which is given its arguments as they are: no shell reads them. */
export async function spawnProgram(
  command: string,
  args: readonly string[],
  options: StartOptions,
): Promise<PipedChild | SpawnFailure> {
  return spawnPiped(command, args, options, false);
}

async function spawnPiped(
  command: string,
  args: readonly string[],
  { cwd, env }: StartOptions,
  shell: boolean,
): Promise<PipedChild | SpawnFailure> {
  try {
    provideDescriptors();
  } catch (error) {
    return otherFailure(error, `${command} could not be started`);
  }
  const subprocess = execa(command, args, {
    cwd,
    env: { ...env },
    extendEnv: false,
    shell,
    stdin: 'pipe',
    detached: !isWindows,
    windowsHide: true,
    cleanup: false,
    buffer: false,
    reject: false,
  });
  const child = await childOf({ command: shell ? SHELL : command, cwd, env }, subprocess);
  if (child.kind === 'spawn-failed') return child;
  const output = [subprocess.stdout, subprocess.stderr] as const;
  return {
    ...child,
    output,
    begin: () => child.endInput(),
    hangUp() {
      for (const stream of output) stream.destroy();
    },
  };
}

const SHELL = '/bin/sh';

/** Errors go where output goes, so that both stay in order. */
const WAITING = 'read -r _ && exec </dev/null 2>&1 "$@"';
