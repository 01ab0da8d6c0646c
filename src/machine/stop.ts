/**
 * Ending a process in steps: ask it through its input, then SIGINT, SIGTERM, SIGKILL, each only when the one before
 * did not end it in its time. What it leaves behind is `sweep`'s work.
 */
import { execa } from 'execa';
import type { Clock } from '../clock.ts';
import { isAlive, type ProcessIdentity } from './identity.ts';
import { isWindows, processes } from './processes.ts';
import { signalProcess } from './signal.ts';

/** What ended it: `already-ended` before we did anything, or nothing did (`not-ended`: stuck in the kernel, or not ours). */
export type Rung = 'already-ended' | 'interrupt' | 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'not-ended';

export interface StopOptions {
  /** Asks through its input, and says whether that could be sent. Leave it out for a process whose input is not ours. */
  interrupt?: () => boolean;
  /** How long each step may take, in milliseconds. */
  graceMs: { interrupt: number; int: number; term: number };
  clock: Clock;
}

/**
 * Works for a child and for a process that is only known by its identity (`{ identity }`). Resolves with the step that
 * ended it, at the latest some seconds after the last. On Windows, where every signal is a kill, the steps between the
 * request and the end are left out, and the end takes the whole tree with it while that can still be seen.
 */
export async function stopChild(
  child: { identity: ProcessIdentity; exited?: Promise<unknown> },
  { interrupt, graceMs, clock }: StopOptions,
): Promise<Rung> {
  const { identity } = child;
  const ended = (ms: number): Promise<boolean> => endsWithin(child, ms, clock);
  if (!(await isAlive(identity))) return 'already-ended';

  if (interrupt?.() && (await ended(graceMs.interrupt))) return 'interrupt';
  if (!isWindows) {
    await signalProcess(identity, 'SIGINT');
    if (await ended(graceMs.int)) return 'SIGINT';
    await signalProcess(identity, 'SIGTERM');
    if (await ended(graceMs.term)) return 'SIGTERM';
  }
  await kill(identity);
  return (await ended(KILL_GRACE_MS)) ? 'SIGKILL' : 'not-ended';
}

/** The kernel ends a killed process at once unless it waits for a device. */
const KILL_GRACE_MS = 5_000;

async function endsWithin(
  { identity, exited }: { identity: ProcessIdentity; exited?: Promise<unknown> },
  ms: number,
  clock: Clock,
): Promise<boolean> {
  const abort = new AbortController();
  const polled = (async () => {
    const end = clock.monotonic() + ms;
    while (!abort.signal.aborted && (await isAlive(identity))) {
      const left = end - clock.monotonic();
      if (left <= 0) return false;
      await clock.sleep(Math.min(left, processes.pollMs), abort.signal);
    }
    return true;
  })();
  // A child's own exit is known before anybody could ask for it, and costs no question.
  const first = exited ? Promise.race([exited.then(() => true), polled]) : polled;
  return first.finally(() => abort.abort());
}

/** `taskkill /T` needs the tree to stand: a parent that is gone hides its children. */
export async function kill(identity: ProcessIdentity): Promise<void> {
  if (!isWindows) {
    await signalProcess(identity, 'SIGKILL');
  } else if (await isAlive(identity)) {
    await execa('taskkill', ['/T', '/F', '/PID', String(identity.pid)], { reject: false, windowsHide: true });
  }
}
