/** Runs another program to its end and returns what it printed. */
import { systemClock } from '../clock.ts';
import { provideDescriptors } from './descriptors.ts';
import { identify } from './identity.ts';
import { readToNow } from './read-to-now.ts';
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

/** Bytes in and out, where text would lose some. */
export interface BytesOptions extends Omit<ProgramOptions, 'input'> {
  readonly input?: string | Uint8Array;
  /** Longer output ends it. Default: 16 MB. */
  readonly maxBytes?: number;
  /** Kills it, as the limit does. */
  readonly signal?: AbortSignal | undefined;
}

export interface BytesResult {
  readonly code: number | null;
  /** Its first `maxBytes` where it is too long. */
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly failure: ProgramResult['failure'] | 'too-long' | 'stopped';
}

const MAX_OUTPUT_BYTES = 16_000_000;
const DEFAULT_LIMIT_MS = 30_000;

/** How long a program may take to end after SIGTERM, and how long its output may stay open after its exit. */
const GRACE_MS = 1_000;

/** Runs a program and waits for its end. Never throws: a missing program is a result too. */
export const runProgram: RunProgram = async (command, args, options) => {
  const { code, stdout, stderr, failure } = await runProgramBytes(command, args, options);
  return {
    code,
    stdout: withoutFinalLineEnd(stdout.toString()),
    stderr,
    failure: failure === 'too-long' || failure === 'stopped' ? 'other' : failure,
  };
};

/** The same with output as bytes, nothing cut off its end. */
export async function runProgramBytes(
  command: string,
  args: readonly string[],
  options: BytesOptions,
): Promise<BytesResult> {
  const { env, cwd, input, timeoutMs = DEFAULT_LIMIT_MS, maxBytes = MAX_OUTPUT_BYTES, signal } = options;
  const failed = (failure: BytesResult['failure'], stderr: string) =>
    ({ code: null, stdout: Buffer.alloc(0), stderr, failure }) as const;
  if (signal?.aborted) return failed('stopped', '');
  try {
    provideDescriptors();
  } catch (error) {
    return failed('other', (error as Error).message);
  }
  // Most commands that can run a program run none.
  const { execa } = await import('execa');
  const program = execa(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...env },
    extendEnv: false,
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    encoding: 'buffer',
    stripFinalNewline: false,
    maxBuffer: { stdout: maxBytes, stderr: MAX_OUTPUT_BYTES },
    windowsHide: true,
    reject: false,
  });
  // A process that it left behind may hold its output open for ever.
  const hangUp = (): void => {
    program.stdout.destroy();
    program.stderr.destroy();
  };
  const done = new AbortController();
  let cause: 'late' | 'stopped' | undefined;
  program.once('exit', () => {
    void systemClock
      .sleep(GRACE_MS, done.signal)
      .then(() => readToNow([program.stdout, program.stderr]))
      .then(() => {
        if (!done.signal.aborted) hangUp();
      });
  });
  const stopped = AbortSignal.any([done.signal, ...(signal ? [signal] : [])]);
  const limit = systemClock.sleep(timeoutMs, stopped).then(async () => {
    if (done.signal.aborted) return;
    cause = signal?.aborted ? 'stopped' : 'late';
    await endWithAll(program.pid, done.signal);
    hangUp();
  });
  const result = await program;
  done.abort();
  if (cause !== undefined) await limit;
  const failure = cause ?? failureOf(result);
  return {
    code: failure === null ? (result.exitCode ?? null) : null,
    stdout: Buffer.from(result.stdout ?? []),
    stderr: withoutFinalLineEnd(Buffer.from(result.stderr ?? []).toString()),
    failure,
  };
}

function withoutFinalLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}

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
  isMaxBuffer?: boolean;
}): BytesResult['failure'] {
  if (result.isMaxBuffer) return 'too-long';
  if (result.exitCode !== undefined) return null;
  return result.code === 'ENOENT' ? 'missing' : 'other';
}
