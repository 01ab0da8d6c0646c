/** What every start of a process shares: its options, its output files, its identity, and why it failed. */
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

/** Opens the files that take a process's output, to be appended to and read by nobody else. */
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

/** What execa is told for a process that writes into files of its own and may outlive us. */
export function spawnOptions(
  { cwd, env }: { cwd: string; env: Readonly<Record<string, string | undefined>> },
  { stdout, stderr }: Outputs,
) {
  return {
    cwd,
    env: { ...env },
    extendEnv: false,
    // execa hands any descriptor on to Node, though its types name only 3 to 9.
    stdout: stdout as 3,
    stderr: stderr as 3,
    windowsHide: true,
    cleanup: false,
    buffer: false,
    reject: false,
  } as const;
}

/** Also of a process that ended at once: on Linux this reads in the turn of the spawn, before anybody could reap it. */
export async function identifyNew(pid: number): Promise<ProcessIdentity> {
  const row = await processes.one(pid);
  // Elsewhere it can be gone by now. A token that no process has says just that: it never counts as alive.
  return { pid, startedAt: row?.startedAt ?? 'ended-before-it-was-seen' };
}

/** The system's own error inside the result of an execa call that created no process. */
export function causeOf(result: unknown): NodeJS.ErrnoException {
  if (!(result instanceof Error)) return new Error('no process was created');
  return result.cause instanceof Error ? result.cause : result;
}
