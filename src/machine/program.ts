/** Asking another program something: it runs to its end, and what it said is the answer. */
import { execa } from 'execa';

export interface ProgramOptions {
  /** The whole environment: nothing of ours is added. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** When it is ended; its code is then null. */
  readonly timeoutMs?: number;
}

export interface ProgramResult {
  /** Null when it did not end by itself, or could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it could not be started, or was ended; null when it ended by itself. */
  readonly failure: 'missing' | 'late' | 'other' | null;
}

/** How a part runs other programs: given to it, so that a test can record what would be run. */
export type RunProgram = (
  command: string,
  args: readonly string[],
  options: ProgramOptions,
) => Promise<ProgramResult>;

const MOST_OUTPUT = 16_000_000;
const USUAL_LIMIT_MS = 30_000;

/** Runs a program without input and waits for its end. Never throws: a program that is missing is a result too. */
export const runProgram: RunProgram = async (command, args, { env, cwd, timeoutMs = USUAL_LIMIT_MS }) => {
  const result = await execa(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...env },
    extendEnv: false,
    stdin: 'ignore',
    timeout: timeoutMs,
    maxBuffer: MOST_OUTPUT,
    windowsHide: true,
    reject: false,
  });
  return {
    code: result.exitCode ?? null,
    stdout: result.stdout,
    stderr: result.stderr,
    failure: failureOf(result),
  };
};

function failureOf(result: {
  exitCode?: number | undefined;
  timedOut: boolean;
  code?: string | undefined;
}): ProgramResult['failure'] {
  if (result.timedOut) return 'late';
  if (result.exitCode !== undefined) return null;
  return result.code === 'ENOENT' ? 'missing' : 'other';
}
