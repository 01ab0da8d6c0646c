/** Starts a command in the system's shell, such as a script of package.json, and reads what it prints. */
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { type Child, childOf } from './child.ts';
import { provideDescriptors } from './descriptors.ts';
import { isWindows } from './platform.ts';
import { otherFailure, type SpawnFailure } from './spawn-failure.ts';

export interface ShellOptions {
  cwd: string;
  /** The whole environment; nothing is added. */
  env: Readonly<Record<string, string | undefined>>;
  /** What the shell of the command is started by (POSIX), such as a sandbox; empty for none. */
  within?: readonly string[] | undefined;
}

export interface ShellChild extends Child {
  /** What it and everything below it print, errors included; read it, or it stops. */
  readonly output: readonly Readable[];
  /** Lets the command begin. Until then nothing of it runs (POSIX). It has no input. */
  begin(): void;
  /** Reads no more: for output that a process holds open which cannot be ended. */
  hangUp(): void;
}

/** Starts it in its own process group (POSIX). It dies with us at its next word: its output is a pipe to us. */
export async function spawnShell(run: string, options: ShellOptions): Promise<ShellChild | SpawnFailure> {
  try {
    provideDescriptors();
  } catch (error) {
    return otherFailure(error, 'the shell could not be started');
  }
  const { cwd, env, within = [] } = options;
  const [command, args] = isWindows
    ? [run, []]
    : [SHELL, ['-c', WAITING, SHELL, ...within, SHELL, '-c', run]];
  const subprocess = execa(command, args, {
    cwd,
    env: { ...env },
    extendEnv: false,
    // On Windows, with what npm gives it: `cmd /d /s /c`, its quotes as they are written.
    shell: isWindows,
    stdin: 'pipe',
    detached: !isWindows,
    windowsHide: true,
    cleanup: false,
    buffer: false,
    reject: false,
  });
  const child = await childOf({ command: SHELL, cwd, env }, subprocess);
  if (child.kind === 'spawn-failed') return child;
  const output = [subprocess.stdout, subprocess.stderr];
  return {
    ...child,
    output,
    begin() {
      if (!isWindows) child.write('');
      child.endInput();
    },
    hangUp() {
      for (const stream of output) stream.destroy();
    },
  };
}

const SHELL = '/bin/sh';

/** Errors go where output goes, so that both stay in order. */
const WAITING = 'read -r _ && exec </dev/null 2>&1 "$@"';
