/** Another program's words as they come, for as long as somebody listens. */
import { execa } from 'execa';

interface LinesOptions {
  /** The whole environment: nothing of ours is added. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Gives each line of its standard output to `onLine`, until it ends; what it complains of goes to our stderr. False
 * when it failed, or could not be started.
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
