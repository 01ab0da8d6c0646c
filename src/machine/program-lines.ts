/** Follows another program's output line by line. */
import { execa } from 'execa';

interface LinesOptions {
  /** The whole environment; nothing is added. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the program. */
  readonly signal: AbortSignal;
}

/**
 * Passes each line of the program's stdout to `onLine` until it ends; its stderr goes to ours. False when it failed or
 * could not be started.
 */
export async function programLines(
  command: string,
  args: readonly string[],
  { env, signal }: LinesOptions,
  onLine: (line: string) => void,
): Promise<boolean> {
  const program = execa(command, args, {
    env: { ...env },
    extendEnv: false,
    stdin: 'ignore',
    stderr: 'inherit',
    buffer: false,
    reject: false,
    cancelSignal: signal,
    windowsHide: true,
  });
  for await (const line of program.iterable()) onLine(line);
  const { failed, isCanceled } = await program;
  return !failed || isCanceled;
}
