/** From the source; `test/e2e/guards.slow.test.ts` has the same from the build, in a whole supervisor. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { test as base, describe, expect } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { onWindows } from '../platform.ts';

const fixture = fileURLToPath(new URL('fixtures/watched.ts', import.meta.url));
const TIMEOUT_MS = 1_000;

interface Watched {
  readonly logFile: string;
  start(then: 'block' | 'echo' | 'end', logFile?: string): ChildProcess;
}

const test = base.extend<{ watched: Watched }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter.
  watched: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'bridge-loop-'));
    const started: ChildProcess[] = [];
    await use({
      logFile: join(folder, 'loop.log'),
      start(then, logFile = join(folder, 'loop.log')) {
        const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
        const args = [...flags, fixture, String(TIMEOUT_MS), logFile, then];
        const child = spawn(process.execPath, args, { env: {}, stdio: 'pipe' });
        started.push(child);
        return child;
      },
    });
    const left = started.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    for (const child of left) child.kill('SIGKILL');
    await rm(folder, { recursive: true });
    expect(left.map(({ pid }) => pid)).toEqual([]);
  },
});

describe.skipIf(onWindows)('blocked event loop (needs signals)', () => {
  test('a process whose event loop blocks is ended, with a line in the log and on stderr', async ({
    watched,
  }) => {
    const child = watched.start('block');
    const [said, ended] = await Promise.all([
      text(child.stderr as NodeJS.ReadableStream),
      once(child, 'exit'),
    ]);
    expect(ended).toEqual([null, 'SIGKILL']);
    expect(said).toMatch(/^\S+ ERROR supervisor\.stuck pid=\d+ .*event loop blocked/);
    expect(said).toContain(`pid=${child.pid} `);
    expect(await readFile(watched.logFile, 'utf8')).toBe(said);
  });

  test('a process whose event loop blocks is ended even when the log cannot take the line', async ({
    watched,
  }) => {
    // Nobody ever reads it: opening it to write waits for ever.
    execFileSync('mkfifo', [watched.logFile]);
    const child = watched.start('block');
    child.stderr?.resume();
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  });
});

describe('healthy event loop', () => {
  test.skipIf(onWindows)(
    'a healthy event loop is not blamed for time in which the whole process was stopped (needs signals)',
    async ({ watched }) => {
      const child = watched.start('echo');
      await once(child.stdout as NodeJS.ReadableStream, 'data');
      for (let times = 0; times < 3; times++) {
        child.kill('SIGSTOP');
        // The time of standing still is what is tested here.
        await systemClock.sleep(TIMEOUT_MS * 1.5);
        child.kill('SIGCONT');
        child.stdin?.write('well?');
        expect(String(await once(child.stdout as NodeJS.ReadableStream, 'data'))).toBe('well?');
      }
      child.stdin?.end();
      expect(await once(child, 'exit')).toEqual([0, null]);
    },
  );

  test('a healthy process ends when it has nothing left to do', async ({ watched }) => {
    const child = watched.start('end');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
