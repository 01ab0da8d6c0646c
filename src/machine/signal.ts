import { isAlive, type ProcessIdentity } from './identity.ts';
import { isWindows } from './processes.ts';

/** `refused`: it lives and the system does not let us signal it. */
export type Signalled = 'sent' | 'gone' | 'refused';

/**
 * Signals exactly this process: its start time is read again immediately before, so that a pid that was given away
 * is never hit. On Windows every signal ends the process at once (https://nodejs.org/api/process.html#processkillpid-signal).
 */
export async function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<Signalled> {
  if (!(await isAlive(identity))) return 'gone';
  try {
    process.kill(identity.pid, signal);
    // A stopped process (SIGSTOP, ctrl-z) would keep a request to end pending for ever.
    if (!isWindows && signal !== 'SIGKILL') process.kill(identity.pid, 'SIGCONT');
    return 'sent';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH' ? 'gone' : 'refused';
  }
}
