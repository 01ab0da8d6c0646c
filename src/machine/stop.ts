/**
 * Ends a process in steps: a request through its input, then SIGINT, SIGTERM, SIGKILL, each only when the one before
 * did not end it in time. `sweep` ends what it leaves behind.
 */
import type { Clock } from '../clock.ts';
import { watchProcess } from './child.ts';
import { isAlive, type ProcessIdentity } from './identity.ts';
import { isWindows } from './platform.ts';
import { killProcess, signalProcess } from './signal.ts';

/** What ended it. `not-ended`: nothing did; it is stuck in the kernel, or we may not signal it. */
export type StopStep = 'already-ended' | 'interrupt' | 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'not-ended';

interface StopOptions {
  /** Asks through its input; false when that could not be sent. Omit it for a process whose input is not ours. */
  interrupt?: () => boolean | Promise<boolean>;
  /** How long each step may take, in milliseconds. */
  graceMs: { interrupt: number; int: number; term: number };
  clock: Clock;
  /** Called before each signal. What it throws is rethrown, and nothing more happens. */
  permit?: () => Promise<void>;
}

/** A child, or a process that is only known by its identity. */
interface Stoppable {
  identity: ProcessIdentity;
  exited?: Promise<unknown>;
}

/**
 * Resolves with the step that ended it, at most five seconds after the last step. On Windows every signal kills, so the
 * request is followed by the kill of the whole tree.
 */
export async function stopChild(
  target: Stoppable,
  { interrupt, graceMs, clock, permit = async () => undefined }: StopOptions,
): Promise<StopStep> {
  const { identity } = target;
  if (!(await isAlive(identity))) return 'already-ended';

  if ((await interrupt?.()) && (await endsWithin(target, graceMs.interrupt, clock))) return 'interrupt';
  if (!isWindows) {
    await permit();
    await signalProcess(identity, 'SIGINT');
    if (await endsWithin(target, graceMs.int, clock)) return 'SIGINT';
    await permit();
    await signalProcess(identity, 'SIGTERM');
    if (await endsWithin(target, graceMs.term, clock)) return 'SIGTERM';
  }
  await permit();
  await killProcess(identity);
  return (await endsWithin(target, KILL_GRACE_MS, clock)) ? 'SIGKILL' : 'not-ended';
}

/** The kernel ends a killed process immediately unless it waits for a device. */
const KILL_GRACE_MS = 5_000;

async function endsWithin({ identity, exited }: Stoppable, ms: number, clock: Clock): Promise<boolean> {
  const decided = new AbortController();
  const ended = exited ?? watchProcess(identity, clock, decided.signal);
  const late = clock.sleep(ms, decided.signal).then(() => isAlive(identity));
  const alive = await Promise.race([ended.then(() => false), late]);
  decided.abort();
  return !alive;
}
