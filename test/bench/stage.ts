/**
 * Where one measurement plays: a temporary folder, the processes started in it, and its end, after which neither is
 * there any more. A process that outlives its measurement is ended, and makes the measurement fail.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMarked } from '../../src/machine/sweep.ts';

export interface Stage {
  /** Everything below lies in here; a real path. */
  readonly root: string;
  /** Aborts when the person has had enough. */
  readonly signal: AbortSignal;
  /** A new folder. */
  folder(name: string): Promise<string>;
  /** Starts a process with this environment and no other variable but a mark. Ended with the stage. */
  spawn(
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    options?: Omit<SpawnOptions, 'env'>,
  ): ChildProcess;
  /** Closed when the stage ends, the last one first. */
  closeLater(close: () => Promise<void>): void;
}

/** Inherited by everything a stage starts, so that what was left behind is found. */
const MARK = 'BENCH_STAGE';

export async function onStage<T>(signal: AbortSignal, play: (stage: Stage) => Promise<T>): Promise<T> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'bridge-bench-')));
  const children: ChildProcess[] = [];
  const closing: (() => Promise<void>)[] = [];
  try {
    return await play({
      root,
      signal,
      async folder(name) {
        const path = join(root, name);
        await mkdir(path, { recursive: true });
        return path;
      },
      spawn(command, args, environment, options = {}) {
        signal.throwIfAborted();
        const child = spawn(command, [...args], { ...options, env: { ...environment, [MARK]: root } });
        children.push(child);
        return child;
      },
      closeLater: (close) => void closing.push(close),
    });
  } finally {
    for (const child of children) await end(child, 'SIGTERM');
    for (const close of closing.reverse()) await close();
    const left = await findMarked(MARK, root);
    for (const { pid } of left) process.kill(pid, 'SIGKILL');
    await rm(root, { recursive: true, maxRetries: 3 });
    if (left.length > 0 && !signal.aborted)
      // biome-ignore lint/correctness/noUnsafeFinally: a leaked process counts more than what came before.
      throw new Error(`left behind: ${left.map(({ pid }) => `process ${pid}`).join(', ')}`);
  }
}

/** Resolves when the process has ended; one that ignores the signal for too long is killed. */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), MAX_END_MS);
  await ended;
  clearTimeout(timer);
}

const MAX_END_MS = 30_000;
