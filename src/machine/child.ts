/**
 * Starts a program so that neither its end nor ours harms the other. Its output goes straight into files: our death
 * breaks no pipe, and the next supervisor can read what happened. Its input is a pipe that may break without an
 * exception. Its end is its own exit, even while a grandchild holds its output.
 */
import type { Writable } from 'node:stream';
import { execa } from 'execa';
import type { Clock } from '../clock.ts';
import { isAlive, type ProcessIdentity } from './identity.ts';
import { isWindows } from './platform.ts';
import { processes } from './processes.ts';
import { causeOf, identifyNew, openOutputs, spawnOptions } from './spawn.ts';
import { explainSpawnFailure, type SpawnFailure, spawnFailed } from './spawn-failure.ts';
import { groupMembers, processTree } from './tree.ts';

export interface ChildOptions {
  command: string;
  args: readonly string[];
  cwd: string;
  /** The whole environment; nothing is added. */
  env: Readonly<Record<string, string | undefined>>;
  /** Appended to, created with mode 0600. May be the same file as `stderrPath`. */
  stdoutPath: string;
  stderrPath: string;
}

export interface Child {
  kind: 'child';
  identity: ProcessIdentity;
  /** Writes one line to its input. False when the pipe is gone; never throws for that. */
  write(line: string): boolean;
  /** Closes its input. */
  endInput(): void;
  /** Resolves when the process itself has ended, even while a grandchild still holds its output. */
  exited: Promise<Exit>;
  /**
   * Its process group and descendants. After its end: the members its group had at that moment, before the system could
   * reuse the group's number. Pass this to `sweep`.
   */
  processTree(): Promise<ProcessIdentity[]>;
}

export interface Exit {
  code: number | null;
  signal: string | null;
}

/** Starts a program in its own process group (POSIX). A start that fails is a value, not an exception. */
export async function spawnChild(options: ChildOptions): Promise<Child | SpawnFailure> {
  const outputs = openOutputs(options.stdoutPath, options.stderrPath);
  if ('kind' in outputs) return outputs;
  const subprocess = execa(options.command, options.args, {
    ...spawnOptions(options, outputs),
    stdin: 'pipe',
    // On Windows this would open a console window; there the tree alone holds the processes together.
    detached: !isWindows,
  });
  outputs.close();
  return childOf(options, subprocess);
}

/** What execa has just started, or failed to start. */
interface Started {
  readonly pid?: number | undefined;
  readonly stdin: Writable;
  once(event: 'exit', listener: (code: number | null, signal: string | null) => void): unknown;
  kill(signal: 'SIGKILL'): unknown;
  catch<T>(otherwise: (error: NodeJS.ErrnoException) => T): Promise<unknown>;
}

/** The process as the rest of the program knows it. Call it in the turn in which it was started. */
export async function childOf(
  options: Pick<ChildOptions, 'command' | 'cwd' | 'env'>,
  subprocess: Started,
): Promise<Child | SpawnFailure> {
  const { command } = options;
  // execa's result waits for every pipe to close; we wait for the exit only. A failed start shows only in its result.
  const settled = subprocess.catch((error: NodeJS.ErrnoException) => error);
  const { pid, stdin } = subprocess;
  if (pid === undefined) return explainSpawnFailure(options, causeOf(await settled));

  let leader: ProcessIdentity | undefined;
  let remains: Promise<ProcessIdentity[]> | undefined;
  const exited = new Promise<Exit>((resolve) => {
    subprocess.once('exit', (code, signal) => {
      remains = groupMembers(pid, leader).catch(() => []);
      // A grandchild may hold the other end for hours, and no reader is left.
      stdin.destroy();
      resolve({ code, signal });
    });
  });
  stdin.on('error', () => stdin.destroy());

  const identity = await identifyNew(pid).catch(() => undefined);
  if (identity === undefined) {
    subprocess.kill('SIGKILL');
    await exited;
    return spawnFailed(
      'other',
      `${command} was started but its start time could not be read, so it was ended again`,
    );
  }
  leader = identity;
  return {
    kind: 'child',
    identity,
    write(line) {
      if (!stdin.writable) return false;
      stdin.write(`${line}\n`);
      return true;
    },
    endInput: () => void stdin.end(),
    exited,
    async processTree() {
      const tree = await processTree(identity);
      if (tree.length > 0) return tree;
      await exited;
      return remains ?? [];
    },
  };
}

/** Polls until a process, ours or not, has ended, or `signal` aborts: ten times a second on Linux, less elsewhere. */
export async function watchProcess(
  identity: ProcessIdentity,
  clock: Clock,
  signal?: AbortSignal,
): Promise<void> {
  while (!signal?.aborted && (await isAlive(identity))) {
    await clock.sleep(processes.pollMs * 4, signal);
  }
}
