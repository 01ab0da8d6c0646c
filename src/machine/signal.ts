/** Signals a process, never another one that has its pid now. */
import { isAlive, type ProcessIdentity } from './identity.ts';
import { isWindows } from './platform.ts';
import { TASKKILL } from './windows-programs.ts';

/** `refused`: it lives, and the system does not let us signal it. */
type Signalled = 'sent' | 'gone' | 'refused';

/**
 * Signals exactly this process: its start time is checked immediately before. On Windows every signal ends the process
 * (https://nodejs.org/api/process.html#processkillpid-signal).
 */
export async function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<Signalled> {
  if (!(await isAlive(identity))) return 'gone';
  try {
    process.kill(identity.pid, signal);
    // In a stopped process (SIGSTOP, ctrl-z) the signal would stay pending for ever.
    if (!isWindows && signal !== 'SIGKILL') process.kill(identity.pid, 'SIGCONT');
    return 'sent';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH' ? 'gone' : 'refused';
  }
}

/**
 * Kills exactly this process; on Windows with everything below it, which is visible only while it lives
 * (https://learn.microsoft.com/windows-server/administration/windows-commands/taskkill).
 */
export async function killProcess(identity: ProcessIdentity): Promise<void> {
  if (!isWindows) {
    await signalProcess(identity, 'SIGKILL');
  } else if (await isAlive(identity)) {
    const { execa } = await import('execa');
    await execa(TASKKILL, ['/T', '/F', '/PID', String(identity.pid)], { reject: false, windowsHide: true });
  }
}
