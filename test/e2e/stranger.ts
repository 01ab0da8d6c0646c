/**
 * A program that shows what there is, as a stranger runs it: one command, in an environment with nothing in it but a home and
 * a folder for temporary files, both empty. Whatever it leaves in either, or among the processes, fails the test.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { test as base, expect } from 'vitest';
import { PROGRAM } from '../built.ts';
import { eventually } from '../eventually.ts';
import { onWindows } from '../platform.ts';
import { processesIn } from './rig.ts';

export interface Demo {
  readonly root: string;
  /** The folder for temporary files. */
  readonly temporary: string;
  /** @param args Those of the command line; `demo` alone without any. */
  start(args?: readonly string[], env?: Readonly<Record<string, string>>): RunningDemo;
}

export interface RunningDemo {
  readonly child: ChildProcess;
  stdout(): string;
  /** Waits for these words. Fails with all that it has told and logged when it ends without them, or patience does. */
  tells(words: string): Promise<void>;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

export const test = base.extend<{ demo: Demo }>({
  demo: async ({ skip }, use) => {
    skip(onWindows, 'needs signals');
    const root = await realpath(await mkdtemp(join(tmpdir(), 'stranger-')));
    const [home, temporary] = [join(root, 'home'), join(root, 'tmp')];
    for (const folder of [home, temporary]) await mkdir(folder);
    const started: RunningDemo[] = [];
    try {
      await use({
        root,
        temporary,
        start(args = ['demo'], env = {}) {
          const path = [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
          const child = spawn(process.execPath, [PROGRAM, ...args], {
            cwd: root,
            env: { HOME: home, TMPDIR: temporary, PATH: path, ...env },
            stdio: ['ignore', 'pipe', 'pipe'],
          });
          const running = follow(child, temporary);
          started.push(running);
          return running;
        },
      });
    } finally {
      for (const { child, ended } of started) {
        if (child.exitCode === null) child.kill('SIGTERM');
        await ended;
      }
      const processes = await processesIn(root);
      for (const { pid } of processes) process.kill(pid, 'SIGKILL');
      const files = [...(await readdir(home)), ...(await readdir(temporary))];
      await rm(root, { recursive: true });
      expect({ processes, files }, 'left behind').toEqual({ processes: [], files: [] });
    }
  },
});

function follow(child: ChildProcess, temporary: string): RunningDemo {
  let seen = '';
  let errors = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    seen += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, stdout: seen, stderr: errors }));
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  return {
    child,
    stdout: () => seen,
    async tells(words) {
      const hasTold = () => seen.includes(words);
      await eventually(() => expect(hasTold() || isOver).toBe(true)).catch(() => undefined);
      const log = hasTold() ? '' : await logIn(temporary);
      expect(hasTold(), `'${words}' in:\n${seen}\nstderr:\n${errors}\nloop.log:\n${log}`).toBe(true);
    },
    ended,
  };
}

/** The log of a demo under way; one that has failed shows its end itself. */
async function logIn(temporary: string): Promise<string> {
  const folders = (await readdir(temporary)).filter((name) => name.startsWith('bridge-demo-'));
  const logs = folders.map((name) => readFile(join(temporary, name, 'state', 'loop.log'), 'utf8'));
  return (await Promise.allSettled(logs))
    .map((log) => (log.status === 'fulfilled' ? log.value : String(log.reason)))
    .join('\n');
}
