/**
 * Starting a program so that it survives us and we survive it: its output goes straight into files, so that our death
 * gives it no broken pipe and the next supervisor reads what happened; its input is a pipe of ours that may break
 * without an exception; and its end is its own exit, whoever still holds its output.
 */
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
  /** The whole environment: nothing of ours is added. */
  env: Readonly<Record<string, string | undefined>>;
  /** Appended to, created with mode 0600. May be the same file as `stderrPath`. */
  stdoutPath: string;
  stderrPath: string;
}

export interface Child {
  kind: 'child';
  identity: ProcessIdentity;
  /** Sends one line and a newline to its input. `false` when the pipe is gone; never throws for that. */
  write(line: string): boolean;
  /** Closes its input. */
  endInput(): void;
  /** Resolves when the process itself has ended, even while a grandchild still holds its output. */
  exited: Promise<Exit>;
  /**
   * Its process group and descendants. After its end: who was left in its group at that moment, when the number of
   * the group could not yet have been given away. Hand this to `sweep`.
   */
  processTree(): Promise<ProcessIdentity[]>;
}

export interface Exit {
  code: number | null;
  signal: string | null;
}

/** Starts a program in a process group of its own (POSIX). That it could not be started is a value, not an exception. */
export async function spawnChild(options: ChildOptions): Promise<Child | SpawnFailure> {
  const { command, args } = options;
  const outputs = openOutputs(options.stdoutPath, options.stderrPath);
  if ('kind' in outputs) return outputs;
  const subprocess = execa(command, args, {
    ...spawnOptions(options, outputs),
    stdin: 'pipe',
    // On Windows this would open a console window; there, children are kept together by their tree alone.
    detached: !isWindows,
  });
  outputs.close();
  // execa's own result waits for every pipe to close; ours is the exit. A pid that could not be had shows only there.
  const settled = subprocess.catch((error: NodeJS.ErrnoException) => error);
  const { pid, stdin } = subprocess;
  if (pid === undefined) return explainSpawnFailure(options, causeOf(await settled));

  let remains: Promise<ProcessIdentity[]> | undefined;
  const exited = new Promise<Exit>((resolve) => {
    subprocess.once('exit', (code, signal) => {
      remains = groupMembers(pid).catch(() => []);
      // A grandchild may hold the other end for hours; nobody who should read it is left.
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

/**
 * Resolves when a process, ours or not, has ended, or when `signal` aborts. It asks: ten times a second on Linux, less
 * often elsewhere.
 */
export async function watchProcess(
  identity: ProcessIdentity,
  clock: Clock,
  signal?: AbortSignal,
): Promise<void> {
  while (!signal?.aborted && (await isAlive(identity))) {
    await clock.sleep(processes.pollMs * 4, signal);
  }
}
