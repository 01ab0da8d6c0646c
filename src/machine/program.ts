/** Runs another program to its end and returns what it printed. */
import { systemClock } from '../clock.ts';
import { provideDescriptors } from './descriptors.ts';
import { identify } from './identity.ts';
import { killProcess, signalProcess } from './signal.ts';
import { descendants } from './tree.ts';

export interface ProgramOptions {
  /** The whole environment; nothing is added. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Its stdin; without it the program has none. */
  readonly input?: string;
  /** Then it is killed with everything it started, and its code is null. Default: 30 s. */
  readonly timeoutMs?: number;
}

export interface ProgramResult {
  /** Null when it was killed or could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it could not be started or was killed; null when it ended by itself. */
  readonly failure: 'missing' | 'late' | 'other' | null;
}

/** Runs a program. Passed in, so that a test can record the calls. */
export type RunProgram = (
  command: string,
  args: readonly string[],
  options: ProgramOptions,
) => Promise<ProgramResult>;

const MAX_OUTPUT = 16_000_000;
const DEFAULT_LIMIT_MS = 30_000;

/** How long a program may take to end after SIGTERM, and how long its output may stay open after its exit. */
const GRACE_MS = 1_000;

/** Runs a program and waits for its end. Never throws: a missing program is a result too. */
export const runProgram: RunProgram = async (command, args, options) => {
  const { env, cwd, input, timeoutMs = DEFAULT_LIMIT_MS } = options;
  try {
    provideDescriptors();
  } catch (error) {
    return { code: null, stdout: '', stderr: (error as Error).message, failure: 'other' };
  }
  // Most commands that can run a program run none.
  const { execa } = await import('execa');
  const program = execa(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...env },
    extendEnv: false,
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    maxBuffer: MAX_OUTPUT,
    windowsHide: true,
    reject: false,
  });
  // A process that it left behind may hold its output open for ever.
  const hangUp = (): void => {
    program.stdout.destroy();
    program.stderr.destroy();
  };
  const done = new AbortController();
  let isLate = false;
  program.once('exit', () => {
    void systemClock.sleep(GRACE_MS, done.signal).then(() => {
      if (!done.signal.aborted) hangUp();
    });
  });
  const limit = systemClock.sleep(timeoutMs, done.signal).then(async () => {
    if (done.signal.aborted) return;
    isLate = true;
    await endWithAll(program.pid, done.signal);
    hangUp();
  });
  const result = await program;
  done.abort();
  if (isLate) await limit;
  return {
    code: isLate ? null : (result.exitCode ?? null),
    stdout: result.stdout ?? '',
    stderr: result.stderr ?? '',
    failure: isLate ? 'late' : failureOf(result),
  };
};

/** Kills our child and its descendants. */
async function endWithAll(pid: number | undefined, gone: AbortSignal): Promise<void> {
  const root = pid === undefined ? undefined : await identify(pid);
  if (!root) return;
  const tree = [root, ...(await descendants(root.pid))];
  await Promise.all(tree.map((one) => signalProcess(one, 'SIGTERM')));
  await systemClock.sleep(GRACE_MS, gone);
  await Promise.all(tree.map(killProcess));
}

function failureOf(result: {
  exitCode?: number | undefined;
  code?: string | undefined;
}): ProgramResult['failure'] {
  if (result.exitCode !== undefined) return null;
  return result.code === 'ENOENT' ? 'missing' : 'other';
}
