/** What every start of a process shares: options, output files, identity, and the cause of a failure. */
import { closeSync, openSync } from 'node:fs';
import { provideDescriptors } from './descriptors.ts';
import type { ProcessIdentity } from './identity.ts';
import { processes } from './processes.ts';
import { otherFailure, type SpawnFailure } from './spawn-failure.ts';

interface Outputs {
  readonly stdout: number;
  readonly stderr: number;
  close(): void;
}

/** Opens the files for a process's output: appended to, created with mode 0600. */
export function openOutputs(stdoutPath: string, stderrPath: string): Outputs | SpawnFailure {
  const open: number[] = [];
  const close = (): void => open.forEach(closeSync);
  try {
    for (const path of [stdoutPath, stderrPath]) open.push(openSync(path, 'a', 0o600));
    provideDescriptors();
  } catch (error) {
    close();
    return otherFailure(error, 'the output file could not be opened');
  }
  const [stdout = -1, stderr = -1] = open;
  return { stdout, stderr, close };
}

/** Options of execa for a process that writes into its own files and may outlive us. */
export function spawnOptions(
  { cwd, env }: { cwd: string; env: Readonly<Record<string, string | undefined>> },
  { stdout, stderr }: Outputs,
) {
  return {
    cwd,
    env: { ...env },
    extendEnv: false,
    // execa accepts any descriptor, but its types name only 3 to 9.
    stdout: stdout as 3,
    stderr: stderr as 3,
    windowsHide: true,
    cleanup: false,
    buffer: false,
    reject: false,
  } as const;
}

/**
 * Identifies a new process. On Linux also one that ended: this reads within the turn of the spawn, before it is
 * reaped.
 */
export async function identifyNew(pid: number): Promise<ProcessIdentity> {
  const row = await processes.one(pid);
  // Elsewhere it may have ended by now. A token that no process has never counts as alive.
  return { pid, startedAt: row?.startedAt ?? 'ended-before-it-was-seen' };
}

/** The system's own error inside the result of an execa call that created no process. */
export function causeOf(result: unknown): NodeJS.ErrnoException {
  if (!(result instanceof Error)) return new Error('no process was created');
  return result.cause instanceof Error ? result.cause : result;
}
